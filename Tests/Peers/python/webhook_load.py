"""Sends reviews at a rate for a time; half of the clients keep their connection, half make one for each
request. Usage: webhook_load.py PORT AUTHORITY REVIEW RATE SECONDS. The last line is the number of
different certificates that were seen."""
import hashlib
import http.client
import sys
import threading
import time

from webhook_client import context

port, authority, review, rate, seconds = sys.argv[1:]
body = open(review, "rb").read()
clients = 8
failures, certificates, done = [], set(), [0] * clients


def client(number):
    pause = clients / float(rate)
    following = time.monotonic() + pause * number / clients
    end = time.monotonic() + float(seconds)
    trust = context(authority)
    connection = None
    while following < end:
        time.sleep(max(0, following - time.monotonic()))
        following += pause
        try:
            if connection is None or number % 2:
                if connection is not None:
                    connection.close()
                connection = http.client.HTTPSConnection("localhost", int(port), timeout=10, context=trust)
                connection.connect()
                certificates.add(hashlib.sha256(connection.sock.getpeercert(True)).digest())
            connection.request("POST", "/mutate", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200 or b'"allowed":true' not in text:
                raise RuntimeError(f"{answer.status} {text[:200]!r}")
            done[number] += 1
        except Exception as error:  # every kind of failure counts
            failures.append(repr(error))
            connection = None


threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
expected = float(rate) * float(seconds)
print(f"{sum(done)} answered, {len(failures)} failed {failures[:3]}")
if failures or sum(done) < expected * 0.9:
    sys.exit(f"expected {expected:.0f} answers and no failure")
print(len(certificates))
