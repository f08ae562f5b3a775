"""Reviews a second over TLS keep-alive (wrk, 16 connections), beside the same server's /healthz and a server
that only reads the review: its namespace is excluded, so it parses, and answers "allowed"."""

import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

work = pathlib.Path(sys.argv[1]).resolve()
seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 6
here = pathlib.Path(__file__).resolve().parent
review = here.parent / "Tests/Fixtures/admission/single-secret.json"
scratch = pathlib.Path(tempfile.mkdtemp(prefix="keeper-bench-", dir="/dev/shm"))
running = []
# The Go implementation of this job on a machine like this one, as the issue gives it.
GO = {"rate": 2600, "p50": 6.2, "p99": 39, "rss": 41}


def row(name, value, aim=""):
    print(f"{name:<58} {value:>16}  {aim}", flush=True)


class Server:
    def __init__(self, *flags):
        log = scratch / f"log-{len(running)}"
        self.process = subprocess.Popen(
            [work / "keeper-injector-webhook", "serve", "--port", "0", "--metrics-port", "0", "--tls-cert",
             scratch / "tls.crt", "--tls-key", scratch / "tls.key", *flags], stderr=open(log, "w", encoding="utf-8"))
        running.append(self.process)
        ports = {}
        while len(ports) < 2:
            if self.process.poll() is not None:
                sys.exit(f"the webhook ended: {log.read_text(encoding='utf-8')}")
            ports = dict(re.findall(r'"server":"(\w+)".*"port":(\d+)', log.read_text(encoding="utf-8")))
            time.sleep(0.02)
        self.port, self.metrics = ports["admission"], ports["metrics"]

    def load(self, path=None):
        """Requests a second, p50 and p99 in ms."""
        url = f"https://localhost:{self.port}{path or ''}"
        script = [] if path else ["-s", here / "post.lua"]
        text = subprocess.run(
            ["wrk", "-t2", "-c16", f"-d{seconds}", "--latency", *script, url], check=True, capture_output=True,
            text=True, env={**os.environ, "REVIEW": str(review)}).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            sys.exit(text)
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
        return rate, *(milliseconds(re.search(rf"{share}%\s+(\S+)", text)[1]) for share in (50, 99))

    def count(self, result):
        page = urllib.request.urlopen(f"http://localhost:{self.metrics}/metrics").read().decode()
        return int(re.search(rf'requests_total{{.*result="{result}"}} (\d+)', page)[1])

    def peak(self):
        """MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


try:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-keyout", scratch / "tls.key", "-out", scratch / "tls.crt"],
        check=True, capture_output=True)
    size = (work / "keeper-injector-webhook").stat().st_size / 1e6
    row("keeper-injector-webhook, stripped", f"{size:.1f} MB")
    full, reading = Server(), Server("--excluded-namespaces", "app")
    mutate, health, read = [], [], []
    for _ in range(3):
        health.append(full.load("/healthz"))
        read.append(reading.load())
        mutate.append(full.load())
    assert full.count("injected") > 0 and full.count("denied") == 0 and reading.count("injected") == 0
    rate, p50, p99 = (statistics.median(values) for values in zip(*mutate))
    row("POST /mutate, single-secret.json, TLS, 16 connections", f"{rate:.0f}/s", f"Go: {GO['rate']}/s, aim >= 4 x")
    row("p50", f"{p50:.2f} ms", f"Go: {GO['p50']} ms")
    row("p99", f"{p99:.2f} ms", f"Go: {GO['p99']} ms, aim <= {GO['p99'] / 5} ms")
    row("peak RSS under load", f"{full.peak():.0f} MiB", f"Go: {GO['rss']} MiB, aim <= 48 MiB")
    for name, values, aim in (
            ("GET /healthz on the same server", health, "aim >= 0.4"),
            ("review read and allowed, not patched", read, "")):
        other, _, tail = (statistics.median(column) for column in zip(*values))
        row(name, f"{other:.0f}/s", f"p99 {tail:.2f} ms")
        row("  POST /mutate to this", f"{rate / other:.2f}", aim)
    row("throughput to Go's, measured elsewhere", f"{rate / GO['rate']:.1f}", "aim >= 4")
finally:
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    subprocess.run(["rm", "-rf", scratch], check=False)
