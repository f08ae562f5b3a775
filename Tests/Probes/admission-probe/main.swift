import Admission
import Glibc
import Injection

/// Reads reviews, one a line, and writes the answers, one a line. Flags:
/// `--fuse-namespaces *`, `--kubernetes-secret-namespaces *`, `--native-sidecars false`. With `--bench N`
/// each review is answered N times, and the microseconds that one answer takes are written instead.
var policy = InjectionPolicy(version: "0.0.0-probe")
var rounds = 0
var arguments = CommandLine.arguments.dropFirst()
while let flag = arguments.popFirst(), let value = arguments.popFirst() {
    let names = value == "*" ? NamespaceSet.all : .some(value.split(separator: ",").map(String.init))
    switch flag {
    case "--fuse-namespaces": policy.fuseNamespaces = names
    case "--kubernetes-secret-namespaces": policy.kubernetesSecretNamespaces = names
    case "--native-sidecars": policy.nativeSidecars = value != "false"
    case "--bench": rounds = Int(value) ?? 0
    default: preconditionFailure("unknown flag \(flag)")
    }
}
let handler = AdmissionHandler(injector: Injector(policy: policy))
while let line = readLine() {
    if rounds > 0 {
        let body = Array(line.utf8)
        var size = 0
        let time = ContinuousClock().measure {
            for _ in 0..<rounds { size += body.withUnsafeBytes { handler.answer($0) }.body.count }
        }
        let (seconds, attoseconds) = time.components
        let microseconds = (Double(seconds) * 1e6 + Double(attoseconds) / 1e12) / Double(rounds)
        print("\(body.count) bytes in, \(size / rounds) out, \(microseconds) µs")
        continue
    }
    let answer = Array(line.utf8).withUnsafeBytes { handler.answer($0) }
    print(String(decoding: answer.body, as: UTF8.self))
    fflush(nil)
}
