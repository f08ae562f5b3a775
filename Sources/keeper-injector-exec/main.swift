import Glibc
import Launcher

// Neither String arguments nor Foundation: the app's words go on as the bytes they are.
exit(LauncherCommand.run(Int(CommandLine.argc), CommandLine.unsafeArgv))
