import ArgumentParser
import Foundation
import Manifests
import Plan

/// A manifest, and the namespace of objects that name none.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp("A manifest, YAML or JSON; - for stdin.", valueName: "file"))
    var path: String

    @Option(help: ArgumentHelp("The namespace of objects that name none.", valueName: "namespace"))
    var namespace = "default"

    func read() throws -> ManifestFile {
        try ManifestFile(ManifestText.read(path), source: ManifestText.source(of: path))
    }
}
