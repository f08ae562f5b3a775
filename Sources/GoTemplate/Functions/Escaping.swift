/// Go's `HTMLEscape`, `JSEscape` and `url.QueryEscape`.
enum Escaping {
    static func html(_ text: Text, _ builder: inout TextBuilder) {
        for byte in text {
            switch byte {
            case 0: builder.append("\u{FFFD}")
            case UInt8(ascii: "\""): builder.append("&#34;")
            case UInt8(ascii: "'"): builder.append("&#39;")
            case UInt8(ascii: "&"): builder.append("&amp;")
            case UInt8(ascii: "<"): builder.append("&lt;")
            case UInt8(ascii: ">"): builder.append("&gt;")
            default: builder.append(byte)
            }
        }
    }

    static func javaScript(_ text: Text, _ builder: inout TextBuilder) {
        for rune in text.runes {
            switch rune.scalar {
            case "\\": builder.append("\\\\")
            case "'": builder.append("\\'")
            case "\"": builder.append("\\\"")
            case "<": builder.append("\\u003C")
            case ">": builder.append("\\u003E")
            case "&": builder.append("\\u0026")
            case "=": builder.append("\\u003D")
            case _ where rune.scalar.value < 0x20:
                builder.append("\\u" + Quoting.hex(rune.scalar.value, 4, uppercase: true))
            case _ where rune.scalar.isASCII: builder.append(rune.scalar)
            case _ where rune.scalar.isGoPrintable: builder.append(text.part(rune.range))
            default: builder.append("\\u" + Quoting.hex(rune.scalar.value, 4, uppercase: true))
            }
        }
    }

    static func query(_ text: Text, _ builder: inout TextBuilder) {
        for byte in text {
            if byte == UInt8(ascii: " ") {
                builder.append("+")
            } else if isUnreserved(byte) {
                builder.append(byte)
            } else {
                percent(byte, &builder)
            }
        }
    }

    static func percent(_ byte: UInt8, _ builder: inout TextBuilder) {
        builder.append("%" + Quoting.hex(UInt32(byte), 2, uppercase: true))
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
