"""Agents that start at once and share one clientId, against a Keeper that throttles as the real one does.

Usage: fleet.py DIRECTORY-OF-EXECUTABLES PODS

Each runs `init` and is restarted as kubelet would. Prints what it took beside what the model foretells for as many
pods, started over the time that it took here.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

# A pod that needs longer than this has been kept out.
LIMIT = 300
ANNOTATIONS = ["ksm-config=x", "secret-password=Web shop login[password]:/keeper/secrets/password"]


class Pod(threading.Thread):
    """An init container, and kubelet's back-off: 10 s, 20 s, 40 s."""

    def __init__(self, number, place, command, environment):
        super().__init__(daemon=True)
        self.root = f"{place}/{number}"
        os.mkdir(self.root)
        self.command = [*command, "--root", self.root]
        self.environment = environment
        self.restarts, self.ready, self.log = 0, None, b""

    def run(self):
        while True:
            result = subprocess.run(self.command, env=self.environment, stderr=subprocess.PIPE, check=False)
            self.log += result.stderr
            if result.returncode == 0:
                self.ready = time.monotonic()
                return
            time.sleep(10 * 2 ** self.restarts)
            self.restarts += 1


def counters(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/counters", timeout=10) as answer:
        return json.load(answer)


def run(executables, count, place):
    configuration, authority = f"{place}/ksm.json", f"{place}/ca.pem"
    emulator = subprocess.Popen(
        [f"{executables}/keeper-emulator", "--throttle", "--config-out", configuration, "--ca-out", authority],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        page = int(dict(part.split("=") for part in emulator.stdout.readline().split() if "=" in part)["page"])
        arguments = [argument for text in ANNOTATIONS for argument in ("--annotation", text)]
        plan = subprocess.run(
            [f"{executables}/keeper-injector", "plan", *arguments], check=True, capture_output=True, text=True).stdout
        command = [
            f"{executables}/keeper-injector-agent", "init", "--ksm-config", configuration, "--ca-cert", authority]
        environment = {**os.environ, "KEEPER_INJECTOR_CONFIG": plan}
        pods = [Pod(number, place, command, environment) for number in range(count)]
        begin = time.monotonic()
        for pod in pods:
            pod.start()
        while sum(counters(page)["requests"].values()) < count:
            time.sleep(0.1)
        spread = time.monotonic() - begin
        for pod in pods:
            pod.join(max(0, begin + LIMIT - time.monotonic()))
        return judge(executables, pods, begin, spread, counters(page))
    finally:
        emulator.kill()
        emulator.wait()


def judge(executables, pods, begin, spread, counts):
    late = [pod for pod in pods if pod.ready is None]
    for pod in late[:3]:
        print(pod.log.decode(errors="replace")[-2000:])
    without = [pod for pod in pods if not pathlib.Path(pod.root, "keeper/secrets/password").exists()]
    seconds = max((pod.ready or begin + LIMIT) - begin for pod in pods)
    foretold = subprocess.run(
        [f"{executables}/scale-model", "--pods", str(len(pods)), "--spread", f"{spread:.1f}"],
        check=True, capture_output=True, text=True).stdout.split()
    print(
        f"{len(pods)} pods, started over {spread:.1f} s: all ready after {seconds:.0f} s with "
        f"{sum(counts['requests'].values())} calls, {sum(pod.restarts for pod in pods)} restarts; "
        f"the model foretells {foretold[0]} s and {foretold[1]} calls")
    if late or without:
        print(f"FAILED: {len(late)} are not ready, {len(without)} have no file")
        return 1
    return 0


def main():
    place = tempfile.mkdtemp(prefix="keeper-fleet.", dir="/dev/shm")
    try:
        return run(sys.argv[1], int(sys.argv[2]), place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
