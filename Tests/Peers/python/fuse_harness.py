"""A holder and servers on a directory of their own, for the tests and the bench of the FUSE backend."""

import os
import signal
import subprocess
import sys
import tempfile
import time

EXECUTABLES = os.environ["KEEPER_EXECUTABLES"]


def fail(message):
    sys.exit("FAILED: " + message)


def expect(condition, message):
    if not condition:
        fail(message)


def mounts_below(path):
    with open("/proc/self/mounts") as table:
        return [line.split()[1] for line in table if line.split()[1].startswith(path)]


def wait_until(condition, what, limit=20):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            fail("gave up waiting: " + what)
        time.sleep(0.005)


class Server:
    """fuse-probe, told what to publish line by line."""

    def __init__(self, *arguments, files=(), user=None, prefix=()):
        self.lines = []
        self.process = subprocess.Popen(
            [*prefix, EXECUTABLES + "/fuse-probe", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1, user=user)
        for name, text in files:
            self.tell(f"set {name} {text}")

    def send(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def tell(self, command):
        """The answer; what the server says besides is kept in `lines`."""
        self.send(command)
        return self.answer()

    def answer(self):
        while True:
            line = self.process.stdout.readline()
            if not line:
                fail(f"the server ended, having said {self.lines}")
            line = line.strip()
            if line.split()[0] in ("ok", "published", "error", "version"):
                return line
            self.lines.append(line)

    def publish(self):
        answer = self.tell("publish")
        expect(answer.startswith("published"), f"publish: {answer}")
        return answer

    def rotate(self, count, pause, each=lambda number: None):
        """Publishes `count` times; calls `each` once a version can be seen by everybody."""
        self.send(f"rotate {count} {pause}")
        for number in range(1, count + 1):
            answer = self.answer()
            expect(answer == f"version {number}", f"rotate: {answer}")
            each(number)

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        self.process.kill()
        self.process.wait()


class Holder:
    """keeper-injector-mount on directories of its own, as the two volumes of a pod."""

    def __init__(self, base, grace="30s", agent_user=0, prefix=()):
        self.base = base
        self.secrets = base + "/secrets"
        self.run = base + "/run"
        self.socket = self.run + "/fuse/attach.sock"
        self.grace = grace
        self.agent_user = agent_user
        self.prefix = prefix
        for path in (self.secrets, self.run):
            os.makedirs(path, exist_ok=True)
            os.chmod(path, 0o777)
        self.log = open(base + "/holder.log", "a")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [*self.prefix, EXECUTABLES + "/keeper-injector-mount", "--secrets-path", self.secrets, "--run-path",
             self.run, "--agent-user", str(self.agent_user), "--grace", self.grace], stderr=self.log)
        wait_until(self.is_mounted, "the holder's mount")

    def is_mounted(self):
        return mounts_below(self.secrets) == [self.secrets + "/..fuse"]

    def server(self, *arguments, **options):
        return Server("--holder", self.socket, "--links", self.secrets, *arguments, **options)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Playground:
    """A directory in memory, cleaned of mounts and processes at the end."""

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="keeper-fuse.", dir="/dev/shm")
        os.chmod(self.path, 0o755)
        return self.path

    def __exit__(self, *_):
        for path in reversed(mounts_below(self.path)):
            subprocess.run(["umount", "-l", path], stderr=subprocess.DEVNULL)
        subprocess.run(["pkill", "-KILL", "-f", self.path])
        subprocess.run(["rm", "-rf", self.path])


def main(checks):
    """Runs the check that the command line names."""
    if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
        print("this needs root and /dev/fuse")
        sys.exit(77)
    name = sys.argv[1]
    signal.alarm(240)
    print(checks[name]() or "ok")
