/// A name at the top of the mount for each version of a file: `..v` and the inode number in hexadecimal. No
/// listing shows it; who uses it meets the same owner and mode as by the usual name.
enum VersionName {
    private static let prefix = "..v"

    static func name(of number: UInt64) -> String { prefix + String(number, radix: 16) }

    static func number(of name: String) -> UInt64? {
        guard name.hasPrefix(prefix) else { return nil }
        return UInt64(name.dropFirst(prefix.count), radix: 16)
    }
}
