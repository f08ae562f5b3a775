/// A file attached to a record.
package struct EmulatorFile: Sendable, Equatable {
    /// 22 characters of URL-safe base64.
    package var uid: String
    package var name: String
    package var title: String
    /// The media type that the uploader claimed.
    package var type: String
    package var content: [UInt8]
    /// Milliseconds since 1970.
    package var lastModified: Int

    package init(
        uid: String, name: String, title: String? = nil, type: String = "application/octet-stream",
        content: [UInt8], lastModified: Int = 1_700_000_000_000
    ) {
        self.uid = uid
        self.name = name
        self.title = title ?? name
        self.type = type
        self.content = content
        self.lastModified = lastModified
    }

    /// What Keeper keeps, encrypted, beside the content.
    var metadata: JSON {
        [
            "name": .string(name), "title": .string(title), "type": .string(type),
            "size": .number(content.count), "lastModified": .number(lastModified),
        ]
    }
}
