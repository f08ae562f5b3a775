"""Clients that take their time. Each must be gone within 10 s, others be served meanwhile.
Usage: webhook_slow.py KIND PORT AUTHORITY REVIEW"""
import socket
import sys
import time

from webhook_client import answer, connect, request

kind, port, authority, review = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
body = open(review, "rb").read()
LIMIT = 10


def until_closed(connection, piece=b""):
    """Sends a piece each 0.2 s and reads; returns what came until the end."""
    connection.settimeout(0.2)
    received, end = b"", time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            if piece:
                connection.sendall(piece)
            data = connection.recv(65536)
            if not data:
                return received
            received += data
        except TimeoutError:
            pass
        except OSError:
            return received
    sys.exit(f"still open after {LIMIT} s")


if kind == "no-handshake":
    until_closed(socket.create_connection(("localhost", port)))
elif kind == "half-handshake":
    until_closed(socket.create_connection(("localhost", port)), b"\x16")
elif kind == "head":
    tls = connect(port, authority)
    tls.sendall(b"GET /healthz HTTP/1.1\r\nx: ")
    assert b"200" not in until_closed(tls, b"a")
elif kind == "body":
    tls = connect(port, authority)
    tls.sendall(request(b"{", length=len(body)))
    received = until_closed(tls, b" ")
    assert received.startswith(b"HTTP/1.1 408"), received[:200]
    assert b"not complete in time" in received
elif kind == "no-reading":
    # Asks on and on, reads nothing: the answers must not pile up in the server's memory.
    tls = connect(port, authority, timeout=0.5)
    end, sent = time.monotonic() + LIMIT, 0
    data = request(body) * 50
    try:
        while time.monotonic() < end:
            try:
                sent += tls.send(data)
            except TimeoutError:
                time.sleep(0.2)
        sys.exit(f"still open after {LIMIT} s, {sent} bytes sent")
    except OSError:
        pass
elif kind == "endless-refused":
    # Refused by its head, but goes on sending its body.
    tls = connect(port, authority)
    tls.sendall(request(b"", "/nowhere", length=1 << 40))
    assert until_closed(tls, b" " * 1000).startswith(b"HTTP/1.1 404")
elif kind == "idlers":
    # 16 places: all are taken by connections that do nothing. A client that asks is served all the same.
    idle = [connect(port, authority) for _ in range(16)]
    begun = time.monotonic()
    tls = connect(port, authority)
    tls.sendall(request(body))
    assert answer(tls.makefile("rb"))[0] == 200
    assert time.monotonic() - begun < 15
else:
    sys.exit(f"unknown kind {kind}")
