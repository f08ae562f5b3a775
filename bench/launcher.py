"""Times the start of a program by the launcher beside its direct start and beside /usr/bin/env, which does the
same work for variables on its command line. Usage: launcher.py DIRECTORY-OF-EXECUTABLES"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

work = pathlib.Path(sys.argv[1]).resolve()
COUNT, ROUNDS, VARIABLES = 300, 7, 50


def row(name, value, aim=""):
    print(f"{name:<58} {value:>16}  {aim}")


def launch(*command):
    """Median microseconds and peak KiB."""
    done = subprocess.run([work / "launch", str(COUNT), *command], check=True, capture_output=True, text=True)
    return tuple(int(word) for word in done.stdout.split())


def main():
    with tempfile.TemporaryDirectory(prefix="keeper-bench-", dir="/dev/shm") as scratch:
        pairs = [f"VARIABLE_{n}=" + "v" * 100 for n in range(VARIABLES)]
        file = pathlib.Path(scratch, "environment")
        file.write_bytes(b"keeper-environment 1\n" + b"".join(b"D" + p.encode() + b"\0" for p in pairs) + b".")
        app = str(work / "nothing")
        commands = {
            "direct": [app],
            "env": ["/usr/bin/env", *pairs, app],
            "ours": [str(work / "keeper-injector-exec"), str(file), "--", app],
        }
        found = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                found[name].append(launch(*command))
        time = {name: statistics.median(t for t, _ in results) for name, results in found.items()}
        peak = {name: max(m for _, m in results) / 1024 for name, results in found.items()}
    size = os.stat(work / "keeper-injector-exec").st_size / 1e6
    row("keeper-injector-exec, static, stripped", f"{size:.1f} MB")
    row(f"a start by the launcher, {VARIABLES} variables", f"{time['ours'] / 1000:.2f} ms")
    row("the same by execve alone", f"{time['direct'] / 1000:.2f} ms")
    row("overhead", f"{(time['ours'] - time['direct']) / 1000:.2f} ms", "aim <= 3 ms")
    row("the same by /usr/bin/env", f"{time['env'] / 1000:.2f} ms")
    row("ratio of the overheads", f"{(time['ours'] - time['direct']) / (time['env'] - time['direct']):.2f}")
    row("peak memory until the app runs", f"{peak['ours']:.1f} MiB", "aim <= 8 MiB")
    row("the same of /usr/bin/env", f"{peak['env']:.1f} MiB")


main()
