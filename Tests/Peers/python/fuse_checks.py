"""What readers see of the FUSE backend: rotation, owners, restarts, ends. Each function is one test."""

import errno
import mmap
import multiprocessing
import os
import re
import signal
import struct
import subprocess
import threading
import time

from fuse_harness import Holder, Playground, Server, expect, fail, main, mounts_below, wait_until


def version_of(text):
    match = re.fullmatch(r"\S+ version (\d+)\n", text)
    expect(match, f"no version in {text!r}")
    return int(match[1])


class Shared:
    """Numbers that several processes see."""

    def __init__(self, count):
        self.memory = mmap.mmap(-1, 8 * count)

    def __getitem__(self, index):
        return struct.unpack_from("q", self.memory, 8 * index)[0]

    def __setitem__(self, index, value):
        struct.pack_into("q", self.memory, 8 * index, value)


def rotation():
    """100,000 opens in 8 processes: after a publish nobody opens an older value."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server(files=[("tls.crt", "tls.crt version 0"), ("deep/er/key", "x")])
        server.rotate(1, 0)
        numbers = Shared(20)  # 0: the version that is out; 1: stop; 2+n: opens of reader n

        def read(reader):
            names = ["tls.crt", "..fuse/deep/er/key", "..data/tls.crt", "..fuse/..data/deep/er/key"]
            count = 0
            while not numbers[1]:
                name = names[count % len(names)]
                least = numbers[0]
                with open(f"{holder.secrets}/{name}") as file:
                    found = version_of(file.read())
                if found < least:
                    fail(f"{name}: version {found} though {least} was published")
                count += 1
                numbers[2 + reader] = count

        readers = [multiprocessing.Process(target=read, args=(n,)) for n in range(8)]
        for reader in readers:
            reader.start()
        published = 0

        def seen(number):
            nonlocal published
            published += 1
            numbers[0] = number

        def opens():
            return sum(numbers[2 + n] for n in range(8))

        while opens() < 100_000:
            numbers[0] = 0
            server.rotate(200, 5, seen)
            expect(all(reader.is_alive() for reader in readers), "a reader failed")
            numbers[0] = 0
        numbers[1] = 1
        for reader in readers:
            reader.join()
            expect(reader.exitcode == 0, "a reader failed")
        holder.stop()
        return f"opens: {opens()}, publishes: {published}"


def handles():
    """Open handles keep the old value; a directory handle never mixes; what is deselected vanishes."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server(
            files=[("tls.crt", "-"), ("tls.key", "-"), ("gone.txt", "old"), ("sub/gone.txt", "old")])
        server.rotate(1, 0)
        secrets = holder.secrets
        # Opened and not read: nothing of it is in the kernel's cache.
        unread = open(secrets + "/tls.crt")
        directory = os.open(secrets + "/..data", os.O_DIRECTORY)
        pairs = 0
        done = threading.Event()

        def pair():
            nonlocal pairs
            while not done.is_set():
                handle = os.open(secrets + "/..data", os.O_DIRECTORY)
                versions = []
                for name in ("tls.crt", "tls.key"):
                    file = os.open(name, os.O_RDONLY, dir_fd=handle)
                    versions.append(version_of(os.read(file, 100).decode()))
                    os.close(file)
                os.close(handle)
                expect(versions[0] == versions[1], f"mixed versions {versions}")
                pairs += 1

        reader = threading.Thread(target=pair)
        reader.start()
        server.rotate(300, 3)
        done.set()
        reader.join()
        expect(version_of(unread.read()) == 1, "an open handle lost its value")
        file = os.open("tls.key", os.O_RDONLY, dir_fd=directory)
        expect(version_of(os.read(file, 100).decode()) == 1, "a directory handle lost its generation")

        before = os.stat(secrets + "/tls.crt")
        server.publish()
        expect(os.stat(secrets + "/tls.crt").st_mtime_ns == before.st_mtime_ns, "mtime moved without a change")
        for name in ("gone.txt", "sub/gone.txt"):
            os.stat(secrets + "/" + name)
            server.tell(f"remove {name}")
        server.publish()
        for name in ("gone.txt", "sub/gone.txt", "sub", "..fuse/gone.txt", "..data/gone.txt"):
            expect(not os.path.lexists(f"{secrets}/{name}"), f"{name} is still there")
        expect(sorted(os.listdir(secrets)) == ["..data", "..fuse", "tls.crt", "tls.key"], "links")
        expect(sorted(os.listdir(secrets + "/..fuse")) == ["..data", "tls.crt", "tls.key"], "listing")
        holder.stop()
        return f"pairs: {pairs}"


def opens_as(path, **who):
    """What open(2) and access(2) say to another user."""
    code = (
        "import os,sys\n"
        "path=sys.argv[1]\n"
        "try: os.close(os.open(path, os.O_RDONLY)); opened=True\n"
        "except PermissionError: opened=False\n"
        "print(opened, os.access(path, os.R_OK))")
    prefix = who.pop("prefix", [])
    done = subprocess.run(
        [*prefix, "python3", "-c", code, path], capture_output=True, text=True, check=True, **who)
    opened, allowed = done.stdout.split()
    expect(opened == allowed, f"open says {opened}, access says {allowed}")
    return opened == "True"


def owners():
    """Owner, strangers, root and groups, by open(2) and access(2)."""
    with Playground() as path:
        for mode, group, cases in [
            ("600", "1234", [
                (dict(user=1234, group=1234, extra_groups=[]), True),
                (dict(user=1235, group=1234, extra_groups=[1234]), False),
                (dict(user=0, group=0, extra_groups=[]), True),
                (dict(prefix=["setpriv", "--bounding-set=-dac_override,-dac_read_search"]), False),
            ]),
            ("640", "64535", [
                (dict(user=1234, group=1234, extra_groups=[]), True),
                (dict(user=4000, group=4000, extra_groups=[64535]), True),
                (dict(user=4000, group=64535, extra_groups=[]), True),
                (dict(user=4000, group=4000, extra_groups=[64534]), False),
                (dict(prefix=["setpriv", "--bounding-set=-dac_override,-dac_read_search"]), False),
            ]),
        ]:
            base = f"{path}/{mode}"
            os.mkdir(base)
            holder = Holder(base)
            server = holder.server("--user", "1234", "--group", group, "--mode", mode, files=[("a/b", "x")])
            server.publish()
            status = os.stat(holder.secrets + "/a/b")
            expect((status.st_uid, status.st_gid) == (1234, int(group)), "owner")
            expect(oct(status.st_mode & 0o777) == "0o" + mode, "mode")
            for who, allowed in cases:
                for name in ("a/b", "..fuse/..data/a/b"):
                    found = opens_as(f"{holder.secrets}/{name}", **dict(who))
                    expect(found == allowed, f"mode {mode}, {who}: {found}")
            server.kill()
            holder.stop()


def kills():
    """SIGKILL of the server 100 times, while readers loop and values change."""
    with Playground() as path:
        holder = Holder(path)
        names = ["one", "two", "deep/three"]
        numbers = Shared(2)
        failures = []
        count = [0]

        def start(version):
            server = holder.server(files=[(name, f"{name} version {version}") for name in names])
            server.publish()
            return server

        def read(name):
            last = 0
            try:
                while not numbers[1]:
                    with open(f"{holder.secrets}/..fuse/{name}") as file:
                        text = file.read()
                    match = re.fullmatch(re.escape(name) + r" version (\d+)\n?", text)
                    if not match or int(match[1]) < last:
                        failures.append(f"{name}: {text!r} after {last}")
                        return
                    last = int(match[1])
                    count[0] += 1
            except OSError as error:
                failures.append(f"{name}: {error}, loop {version}")

        server = start(1)
        kept = open(holder.secrets + "/one")
        expect(kept.read() == "one version 1", "first value")
        readers = [threading.Thread(target=read, args=(name,)) for name in names]
        for reader in readers:
            reader.start()
        longest = 0
        version = 1
        for _ in range(100):
            # Now and then in the middle of a publish.
            for name in names:
                server.tell(f"set {name} {name} version {version + 1}")
            server.send("publish")
            time.sleep(0.0002 * (version % 10))
            server.kill()
            begin = time.monotonic()
            version += 2
            server = start(version)
            longest = max(longest, time.monotonic() - begin)
            expect("attached true" in " ".join(server.lines), f"no resume: {server.lines}")
            expect(not failures, str(failures))
        numbers[1] = 1
        for reader in readers:
            reader.join(10)
            expect(not reader.is_alive(), "a reader hangs")
        expect(not failures, str(failures))
        kept.seek(0)
        expect(kept.read() == "one version 1", "an open handle lost its value")
        server.kill()
        holder.stop()
        return f"reads: {count[0]}, longest restart with the process's own start: {longest * 1000:.0f} ms"


def grace():
    """Without a server requests wait, then fail with EIO; a stopped one likewise; both come back."""
    with Playground() as path:
        holder = Holder(path, grace="1s")
        server = holder.server(files=[("warm", "warm"), ("cold", "cold")])
        server.publish()
        secrets = holder.secrets
        expect(open(secrets + "/warm").read() == "warm", "first read")

        def cold():
            try:
                with open(secrets + "/..fuse/cold") as file:
                    return file.read()
            except OSError as error:
                return error.errno

        def state(pid):
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0]

        for stop in ("gone", "hung"):
            # Each publish makes the kernel ask once more.
            expect(open(secrets + "/warm").read() == "warm", "a read")
            if stop == "gone":
                server.kill()
            else:
                os.kill(server.pid, signal.SIGSTOP)
            expect(open(secrets + "/warm").read() == "warm", "a cached read needs no server")
            # A reader that is killed while it waits is gone once the grace time is over.
            victim = subprocess.Popen(["cat", secrets + "/..fuse/other"], stderr=subprocess.DEVNULL)
            time.sleep(0.3)
            expect(state(victim.pid) != "D", "a waiting reader is in state D")
            victim.kill()
            victim.wait(timeout=10)
            expect(cold() == errno.EIO, f"{stop}: no EIO")
            expect(open(secrets + "/warm").read() == "warm", "a cached read needs no server")
            if stop == "gone":
                server = holder.server(files=[("warm", "warm"), ("cold", "cold")])
                server.publish()
            else:
                os.kill(server.pid, signal.SIGCONT)
            wait_until(lambda: cold() == "cold", "the server to answer again")
            # Forgotten, so that the next round asks again.
            server.tell("set cold cold" + stop)
            server.publish()
            server.tell("set cold cold")
            server.publish()
        server.kill()
        holder.stop()


def holders():
    """SIGKILL of the holder: the next one's mount is followed, and seen in a container that runs."""
    with Playground() as path:
        subprocess.run(["mount", "--bind", path, path], check=True)
        subprocess.run(["mount", "--make-shared", path], check=True)
        holder = Holder(path)
        server = holder.server(files=[("a", "a version 1")])
        server.publish()
        # As the app's container: a mount namespace of its own, which mounts come into.
        script = (
            "import sys,time\n"
            "while True:\n"
            "    try: print(open(sys.argv[1]).read(), flush=True)\n"
            "    except OSError as error: print('error', error, flush=True)\n"
            "    time.sleep(0.01)")
        reader = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "slave", "python3", "-c", script, holder.secrets + "/a"],
            stdout=subprocess.PIPE, text=True)
        expect(reader.stdout.readline().strip() == "a version 1", "the first value")
        for round in range(2, 5):
            holder.kill()
            holder.start()
            line = ""
            while not line.startswith("attached"):
                line = server.process.stdout.readline().strip()
            server.tell(f"set a a version {round}")
            server.publish()
            end = time.monotonic() + 10
            while reader.stdout.readline().strip() != f"a version {round}":
                expect(time.monotonic() < end, "the new mount is not seen")
        reader.kill()
        server.kill()
        holder.stop()


def ends():
    """SIGTERM of the holder in every state: nothing stays mounted."""
    with Playground() as path:
        longest = 0
        for number, state in enumerate(["fresh", "serving", "gone", "hung", "refusing"]):
            base = f"{path}/{number}"
            os.mkdir(base)
            holder = Holder(base, grace="200ms")
            handle = server = None
            if state != "fresh":
                server = holder.server(files=[("a", "a"), ("b", "b")])
                server.publish()
                handle = open(holder.secrets + "/a")
                handle.read()
            if state == "gone":
                server.kill()
            if state in ("hung", "refusing"):
                os.kill(server.pid, signal.SIGSTOP)
                waiting = subprocess.Popen(
                    ["cat", holder.secrets + "/..fuse/b"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if state == "refusing":
                    waiting.wait(timeout=10)
            begin = time.monotonic()
            holder.process.send_signal(signal.SIGTERM)
            while mounts_below(base):
                expect(time.monotonic() - begin < 5, f"{state}: still mounted")
            longest = max(longest, time.monotonic() - begin)
            expect(holder.process.wait(timeout=5) == 0, f"{state}: exit code")
            if handle:
                handle.seek(0)
                expect(handle.read() == "a", f"{state}: an open handle lost its value")
            if server:
                server.kill()
        return f"longest: {longest * 1000:.0f} ms"


def memory():
    """After a rotation the old value is nowhere in the server's memory."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server()
        server.tell("random keep 64")
        for number in range(20):
            server.tell(f"random value{number} 64")
        server.publish()
        paths = [f"{holder.secrets}/value{number}" for number in range(20)]
        old = [open(path, "rb").read() for path in paths]
        kept = open(holder.secrets + "/keep", "rb").read()
        handle = open(paths[0], "rb")
        expect(count_in_memory(server.pid, kept) > 0, "the search finds nothing at all")
        for number in range(20):
            server.tell(f"random value{number} 64")
        server.publish()
        expect(all(open(path, "rb").read() != value for path, value in zip(paths, old)), "no rotation")
        expect(handle.read() == old[0], "an open handle lost its value")
        handle.close()
        # The kernel says so (FORGET) a moment later.
        wait_until(lambda: not any(count_in_memory(server.pid, value) for value in old), "old values to go", 10)
        expect(count_in_memory(server.pid, kept) > 0, "the current value is gone too")

        # Likewise after a restart, of a value that only the earlier server had counted.
        server.kill()
        server = holder.server()
        server.tell("set again " + "q" * 64)
        server.publish()
        open(holder.secrets + "/again").read()
        server.kill()
        server = holder.server()
        server.tell("set again " + "q" * 64)
        server.publish()
        server.tell("remove again")
        server.publish()
        wait_until(lambda: not count_in_memory(server.pid, b"q" * 64), "the inherited value to go", 10)
        server.kill()
        holder.stop()


def count_in_memory(pid, value):
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            area, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            start, end = (int(part, 16) for part in area.split("-"))
            try:
                mem.seek(start)
                found += mem.read(end - start).count(value)
            except OSError:
                continue
    return found


def audit():
    """Each open is told with uid, pid, name and version; cached content or not."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server("--audit", "--mode", "644", files=[("a/b", "x")])
        server.publish()
        readers = []
        for user in (0, 1234, 1234):
            reader = subprocess.Popen(["cat", holder.secrets + "/..fuse/a/b"], user=user, stdout=subprocess.DEVNULL)
            reader.wait()
            readers.append((user, reader.pid))
        version = os.stat(holder.secrets + "/a/b").st_ino
        server.publish()
        time.sleep(0.2)
        server.tell("set a/b y")
        server.publish()
        opens = [line for line in server.lines if line.startswith("open ")]
        wanted = [f"open {user} {pid} a/b {version}" for user, pid in readers]
        expect(opens == wanted, f"{opens} is not {wanted}")
        server.kill()
        holder.stop()


def direct():
    """direct_io: no page of a value stays in the kernel; the memory limit refuses and keeps."""
    with Playground() as path:
        holder = Holder(path)
        server = holder.server("--direct-io", "--memory-limit", "5000", files=[("a", "x" * 3000)])
        server.publish()
        for _ in range(3):
            expect(open(holder.secrets + "/a").read() == "x" * 3000, "content")
        os.kill(server.pid, signal.SIGSTOP)
        reader = subprocess.Popen(["cat", holder.secrets + "/..fuse/a"], stdout=subprocess.DEVNULL)
        time.sleep(0.3)
        expect(reader.poll() is None, "a read was answered from the kernel's cache")
        os.kill(server.pid, signal.SIGCONT)
        expect(reader.wait(timeout=10) == 0, "cat")
        server.tell("set b " + "y" * 3000)
        answer = server.tell("publish")
        expect("6000 bytes, more than the 5000" in answer, answer)
        expect(open(holder.secrets + "/a").read() == "x" * 3000, "the last good value is gone")
        server.kill()
        holder.stop()


def strangers():
    """Nobody but the agent's uid may attach, and a newer server takes an older one's place."""
    with Playground() as path:
        holder = Holder(path, agent_user=1234)
        status = os.stat(holder.run + "/fuse")
        expect((status.st_uid, status.st_mode & 0o777) == (1234, 0o700), "the socket's directory")
        server = holder.server(files=[("a", "x")])
        expect("error" in server.tell("publish"), "root could attach")
        server.kill()
        server = holder.server(files=[("a", "a version 1")], user=1234)
        server.publish()
        second = holder.server(files=[("a", "a version 2")], user=1234)
        second.publish()
        expect(opens_as(holder.secrets + "/a", user=1234, group=1234, extra_groups=[]), "the owner")
        expect(open(holder.secrets + "/a").read() == "a version 2", "the newer one's value")
        expect(server.process.stdout.readline().strip() == "superseded", "the older one does not know")
        server.kill()
        second.kill()
        holder.stop()


def syscalls():
    """The holder makes one socket, opens /dev/fuse and nothing of a network."""
    with Playground() as path:
        trace = path + "/trace"
        holder = Holder(
            path, grace="200ms", prefix=["strace", "-f", "-o", trace, "-e", "trace=network,mount,umount2,openat"])
        server = holder.server(files=[("a", "x")])
        server.publish()
        server.kill()
        time.sleep(0.5)
        server = holder.server(files=[("a", "x")])
        server.publish()
        tracer = holder.process
        with open(f"/proc/{tracer.pid}/task/{tracer.pid}/children") as children:
            os.kill(int(children.read().split()[0]), signal.SIGTERM)
        tracer.wait(timeout=10)
        server.kill()
        with open(trace) as lines:
            text = lines.read()
        sockets = re.findall(r"socket\((\w+)", text)
        expect(sockets == ["AF_UNIX"], f"sockets: {sockets}")
        expect(len(re.findall(r"\bbind\(", text)) == 1 and "connect(" not in text, "bind, connect")
        expect(len(re.findall(r"\bmount\(", text)) == 1, "mount")
        written = re.findall(r'openat\(\S+ "([^"]+)", [^,)]*O_(?:WRONLY|RDWR)', text)
        expect(set(written) == {"/dev/fuse"}, f"opened for writing: {written}")
        return "sockets: 1"


main({check.__name__: check for check in (
    rotation, handles, owners, kills, grace, holders, ends, memory, audit, direct, strangers, syscalls)})
