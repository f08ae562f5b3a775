import SecretMemory

/// bcrypt of Provos and Mazières, version 2a, as golang.org/x/crypto writes it.
enum Bcrypt {
    static func hash(_ password: Text, salt: [UInt8], cost: Int) throws(FunctionFailure) -> Text {
        var state = Blowfish()
        defer { state.wipe() }
        // The password with its final NUL.
        state.expand(salt: salt, key: password)
        for _ in 0..<1 << cost {
            state.expand(key: password)
            state.expand(salt: salt)
        }
        var words: [UInt32] = [0x4F72_7068, 0x6561_6E42, 0x6568_6F6C, 0x6465_7253, 0x6372_7944, 0x6F75_6274]
        for _ in 0..<64 {
            for index in stride(from: 0, to: 6, by: 2) {
                (words[index], words[index + 1]) = state.encrypt(words[index], words[index + 1])
            }
        }
        let bytes = words.flatMap { word in [24, 16, 8, 0].map { UInt8(word >> UInt32($0) & 255) } }
        return Text("$2a$" + (cost < 10 ? "0" : "") + "\(cost)$" + encoded(salt) + encoded(bytes.dropLast()))
    }

    private static func encoded(_ bytes: some Collection<UInt8>) -> String {
        let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(pending >> count & 63)])
            }
            pending &= (1 << count) - 1
        }
        if count > 0 { text.append(alphabet[Int(pending << (6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Blowfish with bcrypt's key schedule.
private struct Blowfish {
    private var p: [UInt32]
    /// Four boxes of 256 one after another.
    private var s: [UInt32]

    init() {
        p = Array(PiDigits.words[..<18])
        s = Array(PiDigits.words[18..<1042])
    }

    mutating func wipe() {
        for index in p.indices { p[index] = 0 }
        for index in s.indices { s[index] = 0 }
    }

    func encrypt(_ left: UInt32, _ right: UInt32) -> (UInt32, UInt32) {
        var (left, right) = (left, right)
        p.withUnsafeBufferPointer { p in
            s.withUnsafeBufferPointer { s in
                for round in 0..<16 {
                    left ^= p[round]
                    let sum = s[Int(left >> 24)] &+ s[256 + Int(left >> 16 & 255)]
                    right ^= (sum ^ s[512 + Int(left >> 8 & 255)]) &+ s[768 + Int(left & 255)]
                    (left, right) = (right, left)
                }
                (left, right) = (right ^ p[17], left ^ p[16])
            }
        }
        return (left, right)
    }

    mutating func expand(salt: [UInt8] = [], key: Text) {
        var position = 0
        for index in p.indices {
            var word: UInt32 = 0
            for _ in 0..<4 {
                word = word << 8 | UInt32(position < key.count ? key[position] : 0)
                position = position == key.count ? 0 : position + 1
            }
            p[index] ^= word
        }
        fill(salt: salt)
    }

    /// With the salt as the key.
    mutating func expand(salt: [UInt8]) {
        for index in p.indices { p[index] ^= Self.word(salt, index) }
        fill(salt: [])
    }

    private mutating func fill(salt: [UInt8]) {
        var (left, right): (UInt32, UInt32) = (0, 0)
        var position = 0
        func mix() -> (UInt32, UInt32) {
            guard !salt.isEmpty else { return (left, right) }
            return (left ^ Self.word(salt, position), right ^ Self.word(salt, position + 1))
        }
        for index in stride(from: 0, to: 18, by: 2) {
            let (a, b) = mix()
            (left, right) = encrypt(a, b)
            (p[index], p[index + 1]) = (left, right)
            position += 2
        }
        for index in stride(from: 0, to: 1024, by: 2) {
            let (a, b) = mix()
            (left, right) = encrypt(a, b)
            (s[index], s[index + 1]) = (left, right)
            position += 2
        }
    }

    private static func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[(index * 4 + $1) % bytes.count]) }
    }
}
