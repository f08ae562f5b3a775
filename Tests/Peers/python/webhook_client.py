"""What the webhook's test clients share: TLS to localhost, requests as bytes, answers read whole."""
import socket
import ssl


def context(authority):
    return ssl.create_default_context(cafile=authority)


def connect(port, authority, timeout=30):
    raw = socket.create_connection(("localhost", port), timeout=timeout)
    return context(authority).wrap_socket(raw, server_hostname="localhost")


def request(body, path="/mutate?timeout=10s", length=None):
    return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body) if length is None else length}\r\n\r\n").encode() + body


def answer(stream):
    """Status and body of the next answer of a stream made by `makefile("rb")`; None at its end."""
    line = stream.readline()
    if not line:
        return None
    length = 0
    while (header := stream.readline().strip()):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return int(line.split()[1]), stream.read(length)
