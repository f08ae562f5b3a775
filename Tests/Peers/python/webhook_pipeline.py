"""Several requests on one connection: one after another, all at once, in tiny pieces, in chunks, after
"Expect: 100-continue". Usage: webhook_pipeline.py PORT AUTHORITY REVIEW"""
import sys

from webhook_client import answer, connect, request

port, authority, review = int(sys.argv[1]), sys.argv[2], sys.argv[3]
body = open(review, "rb").read()
tls = connect(port, authority)
stream = tls.makefile("rb")

tls.sendall(request(body))
status, first = answer(stream)
assert status == 200, (status, first)

tls.sendall(request(body) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + request(body, "/nowhere") + request(body))
assert answer(stream) == (200, first)
assert answer(stream) == (200, b"ok\n")
assert answer(stream)[0] == 404
assert answer(stream) == (200, first)

data = request(body)
for start in range(0, len(data), 97):
    tls.sendall(data[start:start + 97])
assert answer(stream) == (200, first)

tls.sendall(b"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
for start in range(0, len(body), 1000):
    piece = body[start:start + 1000]
    tls.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
tls.sendall(b"0\r\n\r\n")
assert answer(stream) == (200, first)

head, _, rest = request(body).partition(b"\r\n\r\n")
tls.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
assert stream.readline().startswith(b"HTTP/1.1 100")
assert stream.readline() == b"\r\n"
tls.sendall(rest)
assert answer(stream) == (200, first)

tls.sendall(request(body).replace(b"Host:", b"Connection: close\r\nHost:"))
assert answer(stream) == (200, first)
assert answer(stream) is None, "the connection was to be closed"
