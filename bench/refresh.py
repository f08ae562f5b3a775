"""CPU time of a refresh that changes nothing, beside the official client's.

Usage: refresh.py DIRECTORY-OF-EXECUTABLES
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

RECORDS = 50
REFRESHES = 1000
WORK = pathlib.Path(sys.argv[1]).resolve()


def cpu(process):
    """Milliseconds in user and kernel mode."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def requests(page):
    with urllib.request.urlopen(f"http://127.0.0.1:{page}/api/counters", timeout=10) as answer:
        return json.load(answer)["requests"].get("get_secret", 0)


def ours(backend, place, page, common):
    titles = json.loads(subprocess.run(
        [f"{WORK}/keeper-injector", "list", "--output", "json", *common],
        check=True, capture_output=True, text=True).stdout)
    annotations = [
        "ksm-config=x", f"backend={backend}", "secrets=" + ", ".join(record["title"] for record in titles)]
    plan = subprocess.run(
        [f"{WORK}/keeper-injector", "plan", *(word for text in annotations for word in ("--annotation", text))],
        check=True, capture_output=True, text=True).stdout
    root = f"{place}/{backend}"
    process = subprocess.Popen(
        [f"{WORK}/keeper-injector-agent", "sidecar", "--root", root, *common, "--refresh-interval", "50ms"],
        env={**os.environ, "KEEPER_INJECTOR_CONFIG": plan}, stderr=subprocess.DEVNULL)
    try:
        begin = requests(page)
        while requests(page) < begin + 20:
            time.sleep(0.1)
        used, begin = cpu(process), requests(page)
        while requests(page) < begin + REFRESHES:
            time.sleep(0.5)
        return (cpu(process) - used) / (requests(page) - begin)
    finally:
        process.terminate()
        process.wait(10)


def theirs(configuration):
    """One process that fetches again and again, as a program with their client would."""
    script = (
        "import sys, time\n"
        "from keeper_secrets_manager_core import SecretsManager\n"
        "from keeper_secrets_manager_core.storage import FileKeyValueStorage\n"
        f"client = SecretsManager(config=FileKeyValueStorage({configuration!r}), verify_ssl_certs=False)\n"
        "client.get_secrets()\n"
        "begin = time.process_time()\n"
        "for _ in range(100): client.get_secrets()\n"
        "print((time.process_time() - begin) * 10)\n")
    return float(subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], check=True, capture_output=True, text=True).stdout)


def main():
    place = tempfile.mkdtemp(prefix="keeper-refresh.", dir="/dev/shm")
    configuration, authority = f"{place}/ksm.json", f"{place}/ca.pem"
    emulator = subprocess.Popen(
        [f"{WORK}/keeper-emulator", "--generate", str(RECORDS), "--config-out", configuration, "--ca-out", authority],
        stdout=subprocess.PIPE, text=True)
    try:
        page = int(dict(part.split("=") for part in emulator.stdout.readline().split() if "=" in part)["page"])
        common = ["--ksm-config", configuration, "--ca-cert", authority]
        peer = theirs(configuration)
        for backend in ("tmpfs", "fuse"):
            mine = ours(backend, place, page, common)
            print(
                f"{f'a refresh without a change, {RECORDS} records, {backend}: CPU':<58} {mine:>13.2f} ms  "
                f"aim <= 5 ms; official Python client {peer:.1f} ms, ratio {mine / peer:.3f}")
    finally:
        emulator.kill()
        emulator.wait()
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
