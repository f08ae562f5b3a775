// A FUSE server that publishes what stdin says. One command a line, each answered by a line on stdout:
//   set NAME TEXT      a file below the mount, published by the next `publish`
//   random NAME SIZE   likewise, of random bytes
//   file NAME PATH     likewise, of the bytes of a file
//   remove NAME
//   publish            answers `published ADDED CHANGED REMOVED`
//   rotate COUNT MS    COUNT publishes, MS apart: every file set to `NAME version N` and a newline
//   quit
import Foundation
import Plan
import SecretFS
import SecretMemory

struct Failure: Error { let message: String }

func option(_ name: String) -> String? {
    guard let index = CommandLine.arguments.firstIndex(of: name) else { return nil }
    return CommandLine.arguments[index + 1]
}

func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

let hasFlag = { (name: String) in CommandLine.arguments.contains(name) }
let secretsPath = try AbsolutePath("/keeper/secrets")
let layout: FuseLayout
let mount: FusePublisher.Mount
if let directory = option("--here") {
    layout = FuseLayout(secretsPath: secretsPath, mountPoint: directory)
    mount = .here(allowOther: hasFlag("--allow-other"))
} else if let socket = option("--holder"), let links = option("--links") {
    var others: [(position: Int, PublishedDirectory)] = []
    if let other = option("--other") {
        others.append((0, PublishedDirectory(mountPath: try AbsolutePath("/app/config"), location: other)))
    }
    layout = FuseLayout(
        links: PublishedDirectory(mountPath: secretsPath, location: links),
        seenAt: option("--seen-at") ?? links, others: others)
    mount = .holder(socket: socket)
} else {
    say("usage: fuse-probe --here DIR | --holder SOCKET --links DIR")
    exit(2)
}

var options = FuseOptions(audit: hasFlag("--audit"), directIO: hasFlag("--direct-io"))
if let limit = option("--memory-limit").flatMap({ Int($0) }) { options.memoryLimit = limit }
let publisher = FusePublisher(
    layout: layout, mount: mount,
    ownership: Ownership(
        user: option("--user").flatMap { UInt32($0) }, group: option("--group").flatMap { UInt32($0) },
        fileMode: option("--mode").flatMap { UInt32($0, radix: 8) } ?? 0o600),
    options: options, patience: .seconds(10)
) { event in
    switch event {
    case .mounted(let path): say("mounted \(path)")
    case .attached(let resumed, let milliseconds): say("attached \(resumed) \(milliseconds)")
    case .holderGone: say("holder gone")
    case .superseded: say("superseded")
    case .unmounted(let path): say("unmounted \(path)")
    case .failed(let error): say("failed \(error.message)")
    case .opened(let opens, let lost):
        for open in opens { say("open \(open.user) \(open.process) \(open.name) \(open.version)") }
        if lost > 0 { say("lost \(lost)") }
    }
}

var files: [String: SecretBytes] = [:]

func path(_ name: String) throws -> AbsolutePath {
    name.hasPrefix("/") ? try AbsolutePath(name) : try secretsPath.appending(name)
}

@MainActor func publish() throws -> Publication {
    try publisher.publish(
        Generation(
            files.map { try GenerationFile(path: path($0.key), content: $0.value, origin: $0.key) }))
}

func random(_ size: Int) -> SecretBytes {
    SecretBytes(capacity: max(1, size)) { target in
        for index in target.indices { target[index] = .random(in: 0...255) }
        return size
    }
}

while let line = readLine() {
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    do {
        switch words.first {
        case "set": files[words[1]] = SecretBytes(words.count > 2 ? Array(words[2].utf8) : [])
        case "random": files[words[1]] = random(Int(words[2]) ?? 0)
        case "file": files[words[1]] = SecretBytes(try Data(contentsOf: URL(fileURLWithPath: words[2])))
        case "remove": files[words[1]] = nil
        case "publish":
            let done = try publish()
            say("published \(done.added.count) \(done.changed.count) \(done.removed.count)")
        case "rotate":
            for number in 1...(Int(words[1]) ?? 1) {
                for name in files.keys { files[name] = SecretBytes("\(name) version \(number)\n".utf8) }
                _ = try publish()
                say("version \(number)")
                usleep(UInt32(words[2]).map { $0 * 1000 } ?? 0)
            }
        case "quit":
            publisher.finish()
            exit(0)
        default: throw Failure(message: "unknown command")
        }
        if !["publish", "rotate"].contains(words.first) { say("ok") }
    } catch let error as PublishError {
        say("error \(error.message)")
    } catch {
        say("error \(error)")
    }
}
publisher.finish()
