import Foundation
import Testing
import TestSupport

/// What `publish-probe` leaves in a directory, as a reader sees it.
struct ProbeState {
    let root: String

    static var executable: String { Checkout.product("publish-probe") }

    /// The files of generation `number`, below a published directory.
    private static func files(of number: Int, in directory: String) -> Set<String> {
        let odd = !number.isMultiple(of: 2)
        return directory == "app/tls"
            ? Set(["tls.crt", "tls.key"] + (odd ? ["odd.pem"] : []))
            : Set(["db.json", "deep/er/note.txt"] + (odd ? ["odd/odd.txt"] : []))
    }

    static let directories = ["app/tls", "keeper/secrets"]

    /// Which generation is in force in a directory; `nil`: none.
    ///
    /// Each file of it must be complete, under its visible name too, and no other name may lead to a file.
    func generation(in directory: String) throws -> Int? {
        let visible = try readable(directory, skipping: "..")
        let inForce = try readable(directory + "/..data", skipping: "")
        #expect(visible == inForce, "\(directory): other files by name than in the generation in force")
        guard let number = inForce.values.first else { return nil }
        #expect(Set(inForce.values) == [number], "\(directory): of several generations")
        #expect(Set(inForce.keys) == Self.files(of: number, in: directory), "\(directory): not all files")
        return number
    }

    /// Each file that can be read, with the generation that it says it is of; -1: not complete.
    private func readable(_ directory: String, skipping prefix: String) throws -> [String: Int] {
        let listing = try run("find", ["-L", ".", "-type", "f"], directory: root)
        let below = "./" + directory + "/"
        var result: [String: Int] = [:]
        for path in listing.output.split(separator: "\n") where path.hasPrefix(below) {
            let name = String(path.dropFirst(below.count))
            if !prefix.isEmpty, name.hasPrefix(prefix) { continue }
            let text = DiskTree.text(root + "/" + directory + "/" + name) ?? ""
            result[name] = number(of: text) ?? -1
        }
        return result
    }

    private func number(of text: String) -> Int? {
        let lines = text.split(separator: "\n")
        guard let first = lines.first, let number = Int(first.dropFirst("begin ".count)),
            text == "begin \(number)\n"
                + lines.dropFirst().dropLast().map({ "\($0)\n" }).joined() + "end \(number)\n",
            lines.dropFirst().dropLast().allSatisfy({ $0 == "line of generation \(number)" })
        else { return nil }
        return number
    }

    /// Expects generation `number` in force and nothing else there.
    func expectOnly(_ number: Int) throws {
        for directory in Self.directories {
            #expect(try generation(in: directory) == number)
            let tops = Self.files(of: number, in: directory).map { file in
                String(file.prefix(while: { $0 != "/" }))
            }
            #expect(
                try DiskTree.names(root + "/" + directory) == (["..GENERATION", "..data"] + tops).sorted())
        }
    }
}
