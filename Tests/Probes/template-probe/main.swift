import Foundation
import GoTemplate
import SecretMemory
import TemplateSyntax

// Renders cases of standard input, one JSON object a line: {"text": …, "data": …} → {"out": …} or {"error": …}.
func answer(_ text: String, _ data: Any) -> [String: String] {
    do {
        let bytes = try JSONSerialization.data(withJSONObject: data, options: [.fragmentsAllowed])
        let document = try JSONDocument(parsing: SecretBytes([UInt8](bytes)))
        let made = try Template(parsing: text).render(.json(document.root))
        return ["out": made.output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }]
    } catch {
        return ["error": (error as? TemplateError)?.message ?? "\(error)"]
    }
}

while let line = readLine() {
    guard let input = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let text = input["text"] as? String, let data = input["data"]
    else { continue }
    let answered = try JSONSerialization.data(withJSONObject: answer(text, data))
    print(String(decoding: answered, as: UTF8.self))
    fflush(nil)
}
