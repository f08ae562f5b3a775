"""Prints sizes, memory and times of ours beside a peer, as ratios of the same run."""

import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

work = pathlib.Path(sys.argv[1]).resolve()
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
records = 100
here = pathlib.Path(__file__).resolve().parent
scratch = pathlib.Path(tempfile.mkdtemp(prefix="keeper-bench-", dir="/dev/shm"))
running = []


def start(*command, **options):
    process = subprocess.Popen([str(part) for part in command], **options)
    running.append(process)
    return process


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    running.remove(process)


def memory(process):
    """RSS and anonymous KiB."""
    rollup = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    values = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
    return int(values["Rss"]), int(values["Anonymous"])


def wall(*command):
    begin = time.monotonic()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def row(name, value, aim=""):
    print(f"{name:<58} {value:>16}  {aim}")


def emulator():
    config, ca = scratch / "config.json", scratch / "ca.pem"
    process = start(
        work / "keeper-emulator", "--generate", records, "--config-out", config, "--ca-out", ca,
        stdout=subprocess.PIPE, text=True,
    )
    ready = process.stdout.readline()
    port = dict(part.split("=") for part in ready.split() if "=" in part)["port"]
    return config, ca, port


def selection():
    titles = subprocess.run(
        [str(work / "keeper-injector"), "list", "--output", "json", *common],
        check=True, capture_output=True, text=True,
    ).stdout
    import json

    return ["--annotation", "secrets=" + ", ".join(entry["title"] for entry in json.loads(titles))]


def agent_memory():
    plan = subprocess.run(
        [str(work / "keeper-injector"), "plan", "--annotation", "ksm-config=bench", *selected],
        check=True, capture_output=True, text=True,
    ).stdout
    root = scratch / "agent"
    process = start(
        work / "keeper-injector-agent", "sidecar", "--root", root, *common, "--refresh-interval", "2s",
        env={**os.environ, "KEEPER_INJECTOR_CONFIG": plan}, stderr=subprocess.DEVNULL,
    )
    # A few refreshes, then a moment of rest: what a pod looks like all day.
    time.sleep(7.5)
    published = len(list((root / "keeper/secrets").glob("*.json")))
    assert published == records, f"only {published} files"
    result = memory(process)
    stop(process)
    return result


def peer_memory():
    process = start(work / "one-get", f"https://localhost:{port}/", ca, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().strip()
    assert line == "ready", line
    result = memory(process)
    stop(process)
    return result


try:
    config, ca, port = emulator()
    common = ["--ksm-config", config, "--ca-cert", ca]
    selected = selection()

    size = (work / "keeper-injector-agent").stat().st_size / 1e6
    row("keeper-injector-agent, stripped", f"{size:.1f} MB", "aim <= 14 MB")
    rss, anonymous = agent_memory()
    peer_rss, peer_anonymous = peer_memory()
    row(f"sidecar at rest, {records} records: RSS", f"{rss / 1024:.1f} MiB", "aim <= 22 MiB")
    row("C program, one HTTPS GET with libcurl: RSS", f"{peer_rss / 1024:.1f} MiB")
    row("ratio", f"{rss / peer_rss:.2f}")
    row(f"sidecar at rest, {records} records: anonymous", f"{anonymous / 1024:.1f} MiB", "aim <= 5 MiB")
    row("C program: anonymous", f"{peer_anonymous / 1024:.1f} MiB")
    row("ratio", f"{anonymous / peer_anonymous:.2f}")

    ours, theirs = [], []
    for round in range(rounds + 1):
        for kind, times in (("ours", ours), ("theirs", theirs)):
            target = scratch / f"{kind}-{round}"
            target.mkdir()
            if kind == "ours":
                command = [work / "keeper-injector", "run", "--once", "--root", target, *selected, *common]
            else:
                command = [sys.executable, here / "fetch.py", config, target]
            times.append(wall(*command))
            shutil.rmtree(target)
    # The first round warms caches up.
    ours, theirs = statistics.median(ours[1:]), statistics.median(theirs[1:])
    row(f"keeper-injector run --once, {records} records", f"{ours * 1000:.0f} ms")
    row("official Python client, the same", f"{theirs * 1000:.0f} ms")
    row("ratio", f"{ours / theirs:.3f}", "aim <= 0.2")
finally:
    for process in running:
        process.kill()
    shutil.rmtree(scratch, ignore_errors=True)
