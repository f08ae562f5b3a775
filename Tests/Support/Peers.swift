import Foundation

/// The programs of others that the tests talk to; `scripts/setup` installs them.
public enum Peers {
    /// Python with the official Keeper client, its command line tool and selenium.
    public static var python: String {
        get throws { try existing(Checkout.root + "/.build/peers/bin/python") }
    }

    /// A script of `Tests/Peers/python`.
    public static func script(_ name: String) -> String { Checkout.root + "/Tests/Peers/python/" + name }

    /// Debian's curl.
    public static var curl: String { get throws { try existing("/usr/bin/curl") } }

    /// Debian's Chromium and its driver.
    public static func requireChromium() throws {
        for path in ["/usr/bin/chromium", "/usr/bin/chromedriver"] { _ = try existing(path) }
    }

    private static func existing(_ path: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: path) else { throw MissingPeer(path: path) }
        return path
    }
}

/// A program that the tests need is not installed.
public struct MissingPeer: Error, CustomStringConvertible {
    /// Where it was looked for.
    public let path: String

    /// Names the program and the remedy.
    public var description: String { "MISSING: \(path). Run scripts/setup, which installs it." }
}
