/// `derivePassword`: the Master Password algorithm, version 1.
enum MasterPassword {
    private static let templates: [String: [String]] = [
        "maximum": ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long": [
            "CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno", "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc", "CvcvCvcvCvccno", "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno",
            "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno", "CvccnoCvcvCvcc", "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        "medium": ["CvcnoCvc", "CvcCvcno"],
        "short": ["Cvcn"],
        "basic": ["aaanaaan", "aannaaan", "aaannaaa"],
        "pin": ["nnnn"],
    ]

    private static let characters: [Character: String] = [
        "V": "AEIOU", "C": "BCDFGHJKLMNPQRSTVWXYZ", "v": "aeiou", "c": "bcdfghjklmnpqrstvwxyz",
        "A": "AEIOUBCDFGHJKLMNPQRSTVWXYZ", "a": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        "n": "0123456789", "o": "@&%?,=[]_:-+*$#!'^~;()/.",
        "x": "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    ]

    /// Of counter, kind, password, user and site.
    static func derive(_ call: Call) throws(FunctionFailure) -> Value {
        guard let choices = templates[call.text(1).upTo(20).plain] else {
            return try call.engine.string { builder in
                builder.append("cannot find password template ")
                builder.append(call.text(1))
            }
        }
        try call.engine.charge(steps: 10_000)
        let name = Text("com.lyndir.masterpassword")
        let salt = try call.engine.text { builder in
            builder.append(name)
            appendNumber(call.text(3).count, &builder)
            builder.append(call.text(3))
        }
        let key = try Digests.scrypt(call.text(2), salt: salt)
        let message = try call.engine.text { builder in
            builder.append(name)
            appendNumber(call.text(4).count, &builder)
            builder.append(call.text(4))
            appendNumber(call.int(0), &builder)
        }
        let seed = try Digests.hmacSHA256(key: key, message)
        let template = choices[Int(seed[0]) % choices.count]
        return try call.engine.string { builder in
            for (index, kind) in template.enumerated() {
                let letters = Array((characters[kind] ?? "").utf8)
                builder.append(letters[Int(seed[index + 1]) % letters.count])
            }
        }
    }

    private static func appendNumber(_ number: Int, _ builder: inout TextBuilder) {
        let bits = UInt32(truncatingIfNeeded: number)
        for shift in stride(from: 24, through: 0, by: -8) {
            builder.append(UInt8(bits >> UInt32(shift) & 255))
        }
    }
}
