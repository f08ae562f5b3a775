import Admission
import Glibc
import Injection

/// Reads reviews, one a line, and writes the answers, one a line. Flags:
/// `--fuse-namespaces *`, `--kubernetes-secret-namespaces *`, `--native-sidecars false`.
var policy = InjectionPolicy(version: "0.0.0-probe")
var arguments = CommandLine.arguments.dropFirst()
while let flag = arguments.popFirst(), let value = arguments.popFirst() {
    let names = value == "*" ? NamespaceSet.all : .some(value.split(separator: ",").map(String.init))
    switch flag {
    case "--fuse-namespaces": policy.fuseNamespaces = names
    case "--kubernetes-secret-namespaces": policy.kubernetesSecretNamespaces = names
    case "--native-sidecars": policy.nativeSidecars = value != "false"
    default: preconditionFailure("unknown flag \(flag)")
    }
}
let handler = AdmissionHandler(injector: Injector(policy: policy))
while let line = readLine() {
    let answer = Array(line.utf8).withUnsafeBytes { handler.answer($0) }
    print(String(decoding: answer.body, as: UTF8.self))
    fflush(nil)
}
