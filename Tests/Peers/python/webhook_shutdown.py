"""SIGTERM while a request is half sent and a connection is idle.
Usage: webhook_shutdown.py PORT AUTHORITY REVIEW PID"""
import os
import signal
import sys
import time

from webhook_client import answer, connect, request

port, authority, review, pid = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
data = request(open(review, "rb").read())
idle, begun = connect(port, authority), connect(port, authority)
begun.sendall(data[:1000])
time.sleep(0.3)
os.kill(pid, signal.SIGTERM)
time.sleep(0.5)
begun.sendall(data[1000:])
stream = begun.makefile("rb")
status, body = answer(stream)
assert status == 200, (status, body)
assert b'"allowed":true' in body
assert answer(stream) is None, "the connection was to be closed after its answer"
assert answer(idle.makefile("rb")) is None, "the idle connection was to be closed"
try:
    connect(port, authority, timeout=5)
    sys.exit("a new connection was accepted")
except OSError:
    pass
