// Publishes numbered generations, for tests that kill it, watch it or run it as another user.
//
//     publish-probe DIRECTORY FIRST [LAST [PAUSE-IN-MICROSECONDS [FILE-MODE]]]
//
// A generation is a certificate and a key in /app/tls, two files in /keeper/secrets, one of them nested,
// and with odd numbers one more in each. Each file says its number in the first, the last and all lines
// between.
import Glibc
import Plan
import SecretFS
import SecretMemory

func end(_ message: String, _ code: CommandStatus) -> Never {
    _ = (message + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(code.rawValue)
}

func content(_ number: Int, lines: Int) -> SecretBytes {
    var buffer = SecretBuffer()
    buffer.append("begin \(number)\n")
    for _ in 0..<lines { buffer.append("line of generation \(number)\n") }
    buffer.append("end \(number)\n")
    return buffer.finish()
}

func generation(_ number: Int) throws -> Generation {
    var lines = [
        "/app/tls/tls.crt": 40 + number % 7 * 30, "/app/tls/tls.key": 20,
        "/keeper/secrets/db.json": 10, "/keeper/secrets/deep/er/note.txt": 300,
    ]
    if !number.isMultiple(of: 2) {
        lines["/app/tls/odd.pem"] = 3
        lines["/keeper/secrets/odd/odd.txt"] = 3
    }
    return try Generation(
        lines.map { path, count in
            GenerationFile(
                path: try AbsolutePath(path), content: content(number, lines: count), origin: path)
        })
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let first = Int(arguments[2]) else {
    end("publish-probe DIRECTORY FIRST [LAST [PAUSE-IN-MICROSECONDS [FILE-MODE]]]", .usage)
}
let last = arguments.count > 3 ? Int(arguments[3]) ?? first : first
let pause = arguments.count > 4 ? UInt32(arguments[4]) ?? 0 : 0
let mode = arguments.count > 5 ? UInt32(arguments[5], radix: 8) ?? 0o600 : 0o600

do {
    let publisher = TmpfsPublisher(
        directories: [
            PublishedDirectory(
                mountPath: try AbsolutePath("/app/tls"), root: arguments[1], below: ["app", "tls"]),
            PublishedDirectory(
                mountPath: try AbsolutePath("/keeper/secrets"), root: arguments[1],
                below: ["keeper", "secrets"]),
        ], ownership: Ownership(fileMode: mode),
        // One generation alone: no reader has to be waited for.
        retirementGrace: first == last ? .zero : .milliseconds(500))
    for number in first...last {
        try publisher.publish(generation(number))
        usleep(pause)
    }
    publisher.finish()
} catch let error as any ExplainedError {
    end("\(error.message)\n\(error.hint ?? "")", error.exitCode)
}
