import Glibc
import MountHolder
import Plan

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.contains("--help") || arguments.contains("-h") {
    print(HolderOptions.usage, terminator: "")
    exit(0)
}
if arguments.contains("--version") {
    print(productVersion)
    exit(0)
}
exit(HolderCommand.run(arguments))
