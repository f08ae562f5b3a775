"""Times and memory of the FUSE backend beside tmpfs, as ratios of the same run.

Usage: fuse.py DIRECTORY-OF-EXECUTABLES [seconds for each measurement]
"""
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

work = pathlib.Path(sys.argv[1]).resolve()
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
os.environ["KEEPER_EXECUTABLES"] = str(work)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests/Peers/python"))
from fuse_harness import Holder, Playground, expect  # noqa: E402


def row(name, ours, peer, unit, aim):
    ratio = ours / peer if peer else 0
    print(f"{name:<46} {ours:>9.2f} {unit:<3} {peer:>9.2f} {unit:<3} {ratio:>6.2f}  {aim}", flush=True)


def reader(what, path, threads):
    """Nanoseconds of one operation."""
    done = subprocess.run(
        [work / "fuse-reader", what, path, str(threads), str(seconds)], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def anonymous(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    return 0


def best(what, ours, peer, threads):
    """The median of interleaved rounds."""
    both = [(reader(what, ours, threads)[0], reader(what, peer, threads)[0]) for _ in range(5)]
    return [statistics.median(column) / 1000 for column in zip(*both)]


def main():
    print(f"{'':<46} {'ours':>13} {'tmpfs':>13}  ratio  aim")
    with Playground() as place:
        holder = Holder(place)
        files = [("small", "x" * 60), ("page", "y" * 4096)] + [(f"many/{n:04}", "v") for n in range(1000)]
        server = holder.server(files=files)
        server.publish()
        ours = holder.secrets + "/..fuse"
        peer = place + "/peer"
        for name, text in files:
            path = pathlib.Path(peer, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for name in ("small", "page"):
            size = "60 bytes" if name == "small" else "4 KiB"
            for threads in (1, 4):
                times = best("read", f"{ours}/{name}", f"{peer}/{name}", threads)
                row(f"open, read, close of {size}, {threads} thread(s)", *times, "µs", "<= 1.5")
        row("stat", *best("stat", f"{ours}/small", f"{peer}/small", 1), "µs", "<= 1.3")
        row("readdir of 1,000 names", *best("list", f"{ours}/many", f"{peer}/many", 1), "µs", "<= 3")

        server.send(f"rotate {int(seconds * 300)} 10")
        time.sleep(0.05)
        mean, p50, p99, most = reader("read", f"{ours}/small", 1)
        print(f"{'read during a rotation every 10 ms':<46} p50 {p50 / 1000:.1f} µs, p99 {p99 / 1000:.1f} µs, "
              f"most {most / 1000:.0f} µs, p99/p50 {p99 / p50:.1f}, aim <= 10")
        for _ in range(int(seconds * 300)):
            server.answer()
        server.kill()
        holder.stop()

    with Playground() as place:
        holder = Holder(place)
        server = holder.server()
        server.publish()
        before = anonymous(server.pid)
        for number in range(1000):
            server.tell(f"random value{number} 1024")
        server.publish()
        for number in range(1000):
            pathlib.Path(f"{holder.secrets}/value{number}").read_bytes()
        after = anonymous(server.pid)
        print(f"{'1,000 values of 1 KiB: anonymous memory':<46} {after} KiB ({after - before} more), aim <= 8192")
        print(f"{'holder: anonymous memory':<46} {anonymous(holder.process.pid)} KiB, aim <= 1024")
        server.kill()
        times = []
        for _ in range(20):
            server = holder.server(files=[("a", "x")])
            server.publish()
            times.append(next(int(line.split()[2]) for line in server.lines if line.startswith("attached true")))
            server.kill()
        print(f"{'resume of a restarted server':<46} median {statistics.median(times)} ms, most {max(times)} ms, aim <= 200")
        holder.stop()


main()
