import KeeperCrypto

/// Fresh random bytes and characters.
enum Random {
    static func bytes(_ count: Int) throws(FunctionFailure) -> [UInt8] {
        do throws(CryptoError) { return try randomNonce(count) } catch {
            throw FunctionFailure("there is no randomness")
        }
    }

    /// Below `bound`, each as likely.
    static func number(below bound: UInt64) throws(FunctionFailure) -> UInt64 {
        let largest = UInt64.max - UInt64.max % bound
        while true {
            let value = try bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if value < largest { return value % bound }
        }
    }
}

extension Library {
    static let randomness: [String: FunctionBody] = [
        "randAlphaNum": { (call) throws(FunctionFailure) in
            try random(call, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        },
        "randAlpha": { (call) throws(FunctionFailure) in
            try random(call, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        },
        "randNumeric": { (call) throws(FunctionFailure) in try random(call, "0123456789") },
        "randAscii": { (call) throws(FunctionFailure) in
            try random(call, String(decoding: UInt8(32)...UInt8(126), as: UTF8.self))
        },
        "randBytes": { (call) throws(FunctionFailure) in
            try checkCount(call)
            let bytes = Text(try Random.bytes(call.int(0)))
            return try call.engine.string { builder in Base.encode(bytes, Base.base64, &builder) }
        },
        "randInt": { (call) throws(FunctionFailure) in
            let (least, bound) = (call.int(0), call.int(1))
            guard least < bound, !bound.subtractingReportingOverflow(least).overflow else {
                throw FunctionFailure("there is no number from the first to below the second")
            }
            return .int(least + Int(try Random.number(below: UInt64(bound - least))))
        },
        "uuidv4": { (_) throws(FunctionFailure) in
            var bytes = try Random.bytes(16)
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
            return .text(UUIDText.text(bytes))
        },
        "shuffle": { (call) throws(FunctionFailure) in
            let text = call.text(0)
            try call.engine.charge(steps: text.count / 16)
            var runes = Array(text.runes)
            for index in stride(from: runes.count - 1, to: 0, by: -1) {
                runes.swapAt(index, Int(try Random.number(below: UInt64(index + 1))))
            }
            return try call.engine.string { builder in
                for rune in runes { builder.append(text.part(rune.range)) }
            }
        },
    ]

    private static func checkCount(_ call: Call) throws(FunctionFailure) {
        guard (0...65_536).contains(call.int(0)) else {
            throw FunctionFailure("a count is from 0 to 65536")
        }
    }

    private static func random(_ call: Call, _ letters: String) throws(FunctionFailure) -> Value {
        try checkCount(call)
        let letters = Array(letters.utf8)
        return try call.engine.string { (builder) throws(FunctionFailure) in
            for _ in 0..<call.int(0) {
                builder.append(letters[Int(try Random.number(below: UInt64(letters.count)))])
            }
        }
    }
}
