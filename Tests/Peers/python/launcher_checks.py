"""A program started by the launcher beside the same program started directly: they must not differ in anything
but the variables. Usage: launcher_checks.py LAUNCHER"""
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile

MARK = "launcher-secret-41c7"
SH = "/bin/sh"
SHOW = "import os,sys; sys.stdout.write(repr([a for a in map(os.fsencode, sys.argv[1:])]))"


def must(condition, what):
    if not condition:
        raise AssertionError(what)


class Launcher:
    def __init__(self, path, work):
        self.path, self.work = path, work
        self.file = self.write({"SECRET": MARK, "LINES": f"a\n{MARK}\n\tb='\"$(X)", "EMPTY": ""})

    def write(self, variables, kind="D", name="environment"):
        body = "".join(f"{kind}{key}={value}\0" for key, value in variables.items())
        path = os.path.join(self.work, name)
        with open(path, "wb") as file:
            file.write(b"keeper-environment 1\n" + os.fsencode(body) + b".")
        os.chmod(path, 0o600)
        return path

    def command(self, *words, file=None):
        return [self.path, file or self.file, "--", *words]

    def run(self, *words, file=None, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(self.command(*words, file=file), capture_output=True, check=False, timeout=60, **options)

    def both(self, *words, **options):
        """The results of the direct start and of ours."""
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        start = lambda command: subprocess.run(command, capture_output=True, check=False, timeout=60, **options)
        return start(list(words)), start(self.command(*words))


def exit_codes(launcher):
    for code in range(256):
        must(launcher.run(SH, "-c", f"exit {code}").returncode == code, f"exit code {code}")


def signals(launcher):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGKILL):
        process = subprocess.Popen(launcher.command(SH, "-c", "echo up $$; exec sleep 60"), stdout=subprocess.PIPE)
        must(process.stdout.readline().decode() == f"up {process.pid}\n", "the app has another pid")
        process.send_signal(number)
        must(process.wait(10) == -number, f"signal {number}")
    handled = launcher.command(SH, "-c", "trap 'exit 42' TERM; echo up; while :; do sleep 0.05; done")
    process = subprocess.Popen(handled, stdout=subprocess.PIPE)
    process.stdout.readline()
    process.terminate()
    must(process.wait(10) == 42, "a handled SIGTERM")


def inherited(launcher):
    """Masks and dispositions of signals, limits, umask, cwd, descriptors, session: as of a direct start."""
    status = "grep -E '^(Sig(Blk|Ign)|Shd|NoNewPrivs|Seccomp|Umask|Uid|Gid|Groups|Cap...|CoreDumping|THP)' /proc/self/status"
    script = f"{status}; ulimit -a; pwd; umask; ls -l /proc/self/fd | sed 's/^.* \\([0-9]* ->\\)/\\1/; s/:\\[.*//; s,/proc/[0-9]*,,'; ps -o pgid=,sid= $$"
    read, write = os.pipe()

    def prepare():
        os.umask(0o137)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGWINCH})
        resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))

    direct, ours = launcher.both(
        SH, "-c", script, cwd=launcher.work, preexec_fn=prepare, pass_fds=(read, write), restore_signals=False)
    os.close(read)
    os.close(write)
    must(direct.returncode == 0 and len(direct.stdout.splitlines()) > 25, f"the check itself: {direct}")
    must(direct.stdout == ours.stdout, f"differs:\n{direct.stdout.decode()}\n{ours.stdout.decode()}")


def standard_streams(launcher):
    data = os.urandom(1 << 20)
    must(launcher.both("/bin/cat", input=data)[1].stdout == data, "stdin to stdout")
    closed = lambda: [os.close(number) for number in (0, 1, 2)]
    path = os.path.join(launcher.work, "closed")
    script = f"ls /proc/self/fd > {path}"
    for command in ([SH, "-c", script], launcher.command(SH, "-c", script)):
        must(subprocess.run(command, preexec_fn=closed, check=False).returncode == 0, "closed streams")
    with open(path, encoding="utf-8") as file:
        must(len(file.read().split()) <= 3, "a descriptor of the launcher's stays open")


def words(launcher):
    given = [b"", b"--", b"$(X)", b"a b\n\t'\"", b"\xff\xfe\x80", "ü秘".encode(), b"-c", b"x" * 100_000]
    direct, ours = launcher.both(sys.executable, "-c", SHOW, *given)
    must(direct.stdout == ours.stdout and b"\\xff\\xfe" in ours.stdout, "arguments")
    script = os.path.join(launcher.work, "script")
    with open(script, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho \"$0 $1\"\n")
    os.chmod(script, 0o755)
    direct, ours = launcher.both(script, "one")
    must(direct.stdout == ours.stdout == f"{script} one\n".encode(), "a script with #!")
    ours = launcher.run("./script", "two", cwd=launcher.work)
    must(ours.stdout == b"./script two\n", f"a relative path: {ours}")


def search(launcher):
    one, two = (os.path.join(launcher.work, name) for name in ("one", "two"))
    for directory in (one, two):
        os.mkdir(directory)
    for directory, mode in ((one, 0o644), (two, 0o755)):
        with open(f"{directory}/tool", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\necho from {directory}\n")
        os.chmod(f"{directory}/tool", mode)
    env = {"PATH": f"/nonexistent:{launcher.file}:{one}:{two}"}
    ours = launcher.run("tool", env=env)
    must(ours.stdout == f"from {two}\n".encode(), f"PATH: {ours}")
    must(launcher.run("tool", env={"PATH": ""}, cwd=two).stdout != b"", "an empty PATH is the current directory")
    must(launcher.run("sh", "-c", "echo ok", env={}).stdout == b"ok\n", "no PATH at all: that of runtimes")
    # The container's PATH counts, not one that a record brings.
    file = launcher.write({"PATH": one}, kind="R", name="path")
    ours = launcher.run("tool", file=file, env=env)
    must(ours.stdout == f"from {two}\n".encode(), "an injected PATH chose the program")
    for words_, path, code, text in [
            (["nothing"], two, 127, b"'nothing' is not found in PATH"),
            (["tool"], one, 126, b"Permission denied"),
            (["/nonexistent/x"], two, 127, b"'/nonexistent/x' is not found"),
            (["./x"], two, 127, b"'./x' is not found"),
            ([""], two, 127, b"'' is not found"),
            ([two], two, 126, b"Permission denied"),
            ([launcher.file], two, 126, b"Permission denied")]:
        ours = launcher.run(*words_, env={"PATH": path})
        must(ours.returncode == code and text in ours.stderr and b"hint: " in ours.stderr, f"{words_}: {ours}")
    broken = os.path.join(launcher.work, "broken")
    for content, text in [("#!/nonexistent/interpreter\n", b"interpreter"), ("no program\n", b"#! line")]:
        with open(broken, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(broken, 0o755)
        ours = launcher.run(broken)
        must(ours.returncode == 126 and text in ours.stderr, f"{content}: {ours}")


def trouble(launcher):
    """The launcher's own failures end with 125, name the file and what to do, and show no value."""
    place = lambda name: os.path.join(launcher.work, name)
    with open(launcher.file, "rb") as file:
        good = file.read()
    os.mkdir(place("directory"))
    os.mkfifo(place("pipe"))
    cases = [("absent", None, b"keeper-secrets-init"), ("directory", None, b"no regular file"), ("pipe", None, b"no regular file"),
             ("empty", b"", b"cut off"), ("cut", good[:-9], b"cut off"), ("zeroed", bytes(len(good)), b"version"),
             ("wrong", good.replace(b"DEMPTY", b"D=MPTY"), b"damaged at byte"), ("other", good.replace(b" 1\n", b" 2\n"), b"version"),
             ("huge", good + bytes(5 << 20), b"larger")]
    for name, content, text in cases:
        if content is not None:
            with open(place(name), "wb") as file:
                file.write(content)
        ours = launcher.run("/bin/echo", "started", file=place(name))
        must(ours.returncode == 125 and text in ours.stderr and name.encode() in ours.stderr, f"{name}: {ours}")
        must(b"hint: " in ours.stderr and MARK.encode() not in ours.stderr and not ours.stdout, f"{name}: {ours}")
    for usage in ([], [launcher.file], [launcher.file, "--"], [launcher.file, "/bin/echo", "x"]):
        must(subprocess.run([launcher.path, *usage], capture_output=True, check=False).returncode == 125, f"usage {usage}")
    large = launcher.write({f"V{n}": "v" * 120_000 for n in range(30)}, name="large")
    ours = launcher.run("/bin/true", file=large)
    must(ours.returncode == 126 and b"too large" in ours.stderr, f"more than the kernel takes: {ours.stderr[:300]}")


def variables(launcher):
    env = {"PATH": "/usr/bin:/bin", "OWN": "own", "SECRET": "kept"}
    ours = launcher.run("env", "-0", env=env)
    must(set(ours.stdout.split(b"\0")) == {
        b"PATH=/usr/bin:/bin", b"OWN=own", b"SECRET=kept", os.fsencode(f"LINES=a\n{MARK}\n\tb='\"$(X)"), b"EMPTY=", b""}, f"{ours}")
    must(b"SECRET" in ours.stderr and b"OWN" not in ours.stderr and MARK.encode() not in ours.stderr, f"the warning: {ours.stderr}")
    file = launcher.write({"SECRET": MARK}, kind="R", name="replaces")
    ours = launcher.run("env", file=file, env=env)
    must(f"SECRET={MARK}".encode() in ours.stdout and b"kept" not in ours.stdout and not ours.stderr, f"replaced: {ours}")


def traces(launcher):
    """The values are in the app's environment and nowhere else."""
    process = subprocess.Popen(launcher.command(SH, "-c", "echo up; exec sleep 60"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    read = lambda name: open(f"/proc/{process.pid}/{name}", "rb").read()
    must(f"SECRET={MARK}\0".encode() in read("environ"), "not in the environment")
    must(MARK.encode() not in read("cmdline") and b"launcher" not in read("cmdline"), "the argument list")
    must(b"keeper" not in read("maps"), "the launcher is still mapped")
    process.kill()
    must(MARK.encode() not in process.stderr.read(), "stderr")
    calls = subprocess.run(
        ["strace", "-f", "-v", "-s", "4000", "-e", "trace=%file,write,socket,connect,clone,fork,prctl,setrlimit,prlimit64"]
        + launcher.command("/bin/true"), capture_output=True, text=True, check=False, timeout=60).stderr
    before = calls[: calls.index('execve("/bin/true"')]
    must(launcher.file in before, f"strace saw nothing: {calls[:400]}")
    for wrong in ("O_WRONLY", "O_RDWR", "O_CREAT", "unlink", "rename", "socket(", "write(", "clone(", "fork(", "PR_SET"):
        must(wrong not in before, f"the launcher does {wrong}:\n{before}")
    # strace prints what execve gets: that is the one place.
    must(MARK not in re.sub(r"execve\(.*", "", before), "a value in another system call")


def main(path):
    # A test's thread may block signals, which all that it starts inherits.
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    with tempfile.TemporaryDirectory(dir="/dev/shm") as work:
        for check in (exit_codes, signals, inherited, standard_streams, words, search, trouble, variables, traces):
            check(Launcher(path, tempfile.mkdtemp(dir=work)))
    print("256 exit codes, 7 signals, streams, words, PATH, trouble, variables: as without the launcher")


if __name__ == "__main__":
    main(*sys.argv[1:])
