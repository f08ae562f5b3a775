"""A webhook whose stderr nobody reads. Usage: webhook_blocked_log.py WEBHOOK CERT KEY AUTHORITY REVIEW"""
import json
import os
import subprocess
import sys
import time

from webhook_client import answer, connect, request

webhook, certificate, key, authority, review = sys.argv[1:]
data = request(open(review, "rb").read())
process = subprocess.Popen(
    [webhook, "serve", "--port", "0", "--metrics-port", "0", "--tls-cert", certificate, "--tls-key", key],
    stderr=subprocess.PIPE)
try:
    port = None
    while port is None:
        line = json.loads(process.stderr.readline())
        if line.get("server") == "admission":
            port = line["port"]
    # A pipe holds 64 KiB: some 150 lines. Many more decisions are made, then the lines are read.
    tls = connect(port, authority)
    stream = tls.makefile("rb")
    for number in range(2000):
        tls.sendall(data)
        assert answer(stream)[0] == 200, number
    process.terminate()
    lines = [json.loads(line) for line in process.stderr]
    assert sum(line["msg"] == "admission" for line in lines) == 2000, len(lines)
    assert process.wait(timeout=20) == 0
finally:
    process.kill()
