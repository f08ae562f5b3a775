"""A TLS server whose certificate is valid at another time, until stdin ends or a minute is over.
Usage: certificate_clock.py DIR KIND      KIND: expired | not-yet | authority-expired | valid
Writes DIR/ca.pem, then DIR/port; the leaf of the expired ones ended on 2024-02-29T12:34:56Z, the one that is
not valid yet begins on 2124-02-29T12:34:56Z."""
import datetime
import ipaddress
import os
import ssl
import socket
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

directory, kind = sys.argv[1:]
PAST = datetime.datetime(2024, 2, 29, 12, 34, 56)
FUTURE = datetime.datetime(2124, 2, 29, 12, 34, 56)
LONG_AGO, FAR = datetime.datetime(2020, 1, 1), datetime.datetime(2200, 1, 1)


def certificate(name, key, issuer, issuer_key, begin, end, authority):
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def path(name):
    return os.path.join(directory, name)


ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ca_end = PAST if kind == "authority-expired" else FAR
begin = FUTURE if kind == "not-yet" else LONG_AGO
end = PAST if kind == "expired" else FAR
with open(path("ca.pem"), "wb") as file:
    file.write(certificate("clock test", ca_key, "clock test", ca_key, LONG_AGO, ca_end, True))
with open(path("server.pem"), "wb") as file:
    file.write(certificate("127.0.0.1", key, "clock test", ca_key, begin, end, False))
    file.write(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(path("server.pem"))
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(60)
with open(path("port.new"), "w") as file:
    file.write(str(listener.getsockname()[1]))
os.rename(path("port.new"), path("port"))
while True:
    connection, _ = listener.accept()
    connection.settimeout(10)
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)
            tls.sendall(b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except OSError:
        pass
