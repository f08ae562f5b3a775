import JSONText
import Plan
import Render
import SecretMemory
import Vault

extension HandOver {
    private static let version: Int64 = 1

    var json: [UInt8] {
        var json = JSONWriter(capacity: 4096)
        json.raw("{\"version\":")
        json.integer(Self.version)
        if let answered {
            json.raw(",\"answered\":")
            json.integer(
                answered.components.seconds * 1000 + answered.components.attoseconds / 1_000_000_000_000_000)
        }
        if refusals > 0 {
            json.raw(",\"refusals\":")
            json.integer(refusals)
        }
        if isRemoved { json.raw(",\"removed\":true") }
        json.raw(",\"files\":[")
        for file in files {
            json.separate()
            file.append(to: &json)
        }
        json.raw("],\"titles\":{")
        for (title, uid) in titles.sorted(by: { $0.key < $1.key }) {
            json.separate()
            json.string(title)
            json.raw(":")
            json.string(uid)
        }
        json.raw("}}\n")
        return json.bytes
    }

    /// - Returns: `nil` for what this version did not write: then it is as if there were none.
    init?(parsing text: SecretBytes) {
        guard let root = try? JSONDocument(parsing: text).root, root["version"]?.integer == Self.version
        else {
            return nil
        }
        answered = root["answered"]?.integer.map { .milliseconds($0) }
        refusals = Int(clamping: max(0, root["refusals"]?.integer ?? 0))
        isRemoved = root["removed"]?.bool ?? false
        for element in root["files"]?.elements ?? [] {
            guard let file = File(element) else { return nil }
            files.append(file)
        }
        for member in root["titles"]?.members ?? [] {
            guard let title = member.key.string, let uid = member.value.string else { return nil }
            titles[title] = uid
        }
    }
}

extension HandOver.File {
    fileprivate func append(to json: inout JSONWriter) {
        json.raw("{\"path\":")
        json.string(path.description)
        json.raw(",\"digest\":")
        json.string(hexadecimal(digest))
        json.raw(",\"record\":")
        json.string(source.record)
        json.raw(",\"revision\":")
        json.integer(source.revision)
        if let attachment = source.attachment {
            json.raw(",\"attachment\":{\"uid\":")
            json.string(attachment.uid)
            json.raw(",\"lastModified\":")
            json.integer(attachment.lastModified)
            json.raw(",\"size\":")
            json.integer(attachment.size)
            json.raw("}")
        }
        if let template = source.volatileTemplate {
            json.raw(",\"template\":")
            json.string(hexadecimal(template))
        }
        json.raw("}")
    }

    fileprivate init?(_ json: JSONValue) {
        guard let path = json["path"]?.string.flatMap({ try? AbsolutePath($0) }),
            let digest = json["digest"]?.string.flatMap(bytes(hexadecimal:)),
            let record = json["record"]?.string, let revision = json["revision"]?.integer
        else { return nil }
        var source = FileSource(record: record, revision: revision)
        if let attachment = json["attachment"] {
            guard let uid = attachment["uid"]?.string, let size = attachment["size"]?.integer,
                let lastModified = attachment["lastModified"]?.integer
            else { return nil }
            source.attachment = Attachment.Version(uid: uid, lastModified: lastModified, size: size)
        }
        if let template = json["template"]?.string {
            guard let digest = bytes(hexadecimal: template) else { return nil }
            source.volatileTemplate = digest
        }
        self.init(path: path, source: source, digest: digest)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.map { byte in Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}
