"""24 threads at every operation while values rotate, servers come and go: for builds with a sanitizer.

Usage: fuse_hammer.py DIRECTORY-OF-EXECUTABLES SECONDS
"""
import ctypes
import mmap
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

os.environ["KEEPER_EXECUTABLES"] = sys.argv[1]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/Peers/python"))
import fuse_harness  # noqa: E402
from fuse_harness import Holder, Playground, Server  # noqa: E402

seconds = float(sys.argv[2])
counts = [0] * 24
failures = []
NAMES = [f"file{n}" for n in range(8)] + [f"deep/er{n}/file" for n in range(8)]


def operations(fs):
    def read(path):
        with open(path, "rb") as file:
            return file.read()

    def mapped(path):
        with open(path, "rb") as file, mmap.mmap(
                file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) as area:
            return area[:]

    def direct(path):
        file = os.open(path, os.O_RDONLY | os.O_DIRECT)
        with mmap.mmap(-1, 8192) as buffer:
            os.readv(file, [buffer])
        os.close(file)

    def pair(_):
        handle = os.open(fs + "/..data", os.O_DIRECTORY)
        os.close(os.open(NAMES[0], os.O_RDONLY, dir_fd=handle))
        os.listdir(handle)
        os.close(handle)

    return [
        read, mapped, direct, pair, os.stat, os.statvfs, os.listdir, os.access,
        lambda path: [entry.stat() for entry in os.scandir(fs)],
        lambda path: list(os.walk(fs)),
        lambda path: os.getxattr(path, "user.x"),
        lambda path: os.chmod(path, 0o600),
        lambda path: os.unlink(path),
        lambda path: os.mkdir(fs + "/x"),
        lambda path: os.stat(fs + "/missing" + str(random.random())),
    ]


def hammer(number, fs, end, maps):
    # A page of a version that died with its server is SIGBUS where the kernel may not keep it (direct_io).
    chosen = [operation for operation in operations(fs) if maps or operation.__name__ != "mapped"]
    while time.monotonic() < end:
        path = f"{fs}/{random.choice(NAMES)}"
        operation = random.choice(chosen)
        try:
            if operation is os.access:
                os.access(path, os.R_OK)
            elif operation is os.listdir:
                os.listdir(os.path.dirname(path))
            else:
                operation(path)
        except OSError as error:
            # Refused writes, names that are missing, what a killed server's successor never had.
            if error.errno not in (2, 30, 95, 116):
                failures.append(f"{operation}: {error}")
                return
        except ValueError:
            pass
        counts[number] += 1


def main():
    with Playground() as place:
        log = open(place + "/server.log", "w+")
        popen = subprocess.Popen
        subprocess.Popen = lambda *a, **k: popen(*a, **{"stderr": log, **k})
        for extra in ([], ["--audit"], ["--direct-io"]):
            base = tempfile.mkdtemp(dir=place)
            holder = Holder(base)
            end = time.monotonic() + seconds / 3
            files = [(name, f"{name} 0") for name in NAMES]
            server = holder.server(*extra, files=files)
            server.publish()
            threads = [
                threading.Thread(target=hammer, args=(number, holder.secrets + "/..fuse", end, extra != ["--direct-io"]))
                for number in range(24)]
            for thread in threads:
                thread.start()
            while time.monotonic() < end:
                server.rotate(50, 5)
                server.tell("remove " + NAMES[1])
                server.publish()
                if random.random() < 0.3:
                    # By SIGTERM's way too, so that what a sanitizer says at the end is said.
                    server.send("quit")
                    server.process.wait()
                    server = holder.server(*extra, files=files)
                    server.publish()
                else:
                    server.tell(f"set {NAMES[1]} {NAMES[1]} 0")
            for thread in threads:
                thread.join()
            server.send("quit")
            server.process.wait()
            holder.stop()
        log.seek(0)
        reports = [line for line in log if "Sanitizer" in line or "fatal" in line.lower()]
        holders = [line for path in pathlib.Path(place).glob("*/holder.log") for line in open(path) if "Sanitizer" in line]
        if reports or holders or failures:
            log.seek(0)
            sys.exit("FAILED: " + "".join(failures + reports[:5] + holders[:5]) + log.read()[:4000])
        print(f"{sum(counts)} operations by 24 threads in {seconds:.0f} s, no report")


main()
