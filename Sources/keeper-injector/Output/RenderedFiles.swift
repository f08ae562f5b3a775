import Plan
import Render
import SecretMemory

/// Files as people read them one after another: each under a line with its path, as head(1) shows them.
struct RenderedFiles {
    let files: [RenderedFile]
    /// As a shell would set them; `nil` where the pod gets none.
    var variables: RenderedEnvironment?

    func write(to output: NewFile) throws(OutputError) {
        for (position, file) in files.enumerated() {
            let gap = position > 0 ? "\n" : ""
            try output.write(
                SecretBytes("\(gap)==> \(printable(file.path.description)) <==".utf8), line: true)
            guard file.content.withUnsafeBytes({ Self.isText($0) }) else {
                try output.write(SecretBytes("(\(file.content.count) bytes, no text)".utf8), line: true)
                continue
            }
            try output.write(file.content, line: true)
        }
        guard let variables else { return }
        let gap = files.isEmpty ? "" : "\n"
        try output.write(SecretBytes("\(gap)==> environment variables <==".utf8), line: true)
        let text = variables.shellText
        guard text.withUnsafeBytes({ Self.isText($0) }) else {
            for entry in variables.entries {
                try output.write(SecretBytes("\(entry.name) (\(entry.value.count) bytes)".utf8), line: true)
            }
            return
        }
        if text.count > 0 { try output.write(text, line: true) }
    }

    /// UTF-8 that cannot drive a terminal.
    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        while true {
            switch decoder.decode(&rest) {
            case .emptyInput: return true
            case .error: return false
            case .scalarValue(let scalar):
                let isControl = scalar.properties.generalCategory == .control
                if isControl, !["\n", "\r", "\t"].contains(scalar) { return false }
            }
        }
    }
}
