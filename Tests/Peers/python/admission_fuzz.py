"""Hostile reviews and annotation values: no crash, no hang, no growth.

Usage: admission_fuzz.py PROBE FIXTURES SECONDS SEED
"""
import glob
import json
import os
import random
import select
import sys
import time

from admission_probe import Probe, review_of

PREFIX = "keeper.security/"
TOKENS = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u0000", b"\\ud800", b"null", b"true", b"1e999", b"-", b"\x00",
    b"\xff", b"\xc3", b'"annotations":', b'"spec":', b'"containers":"x"', b'"uid":"', b"[" * 200, b'{"a":' * 200, b" " * 1000,
]
PIECES = [
    "keeper://", "/", ":", "[", "]", "\\", "..", "field/", "file/", "custom_field/", "record", ",", " ", "\n", "\0", "{{", "}}",
    "- ", "secrets:", "folders:", "record: x", "&a", "*a", "!!binary", "|", ">", "'", '"', "%", "\u202e", "é", "🔑", "A" * 300,
    "1h", "5m", "-", "0", "99999999999", "true", "yes", "\t", "#", "? ", "<<: *a", "---", "...", "\ufeff",
]
NAMES = [
    "inject", "ksm-config", "secret", "secrets", "secret-x", "secret-y", "file-x", "config", "folder", "folder-uid", "folder-path",
    "refresh-interval", "signal", "reload-url", "containers", "run-as-user", "file-mode", "https-proxy", "no-proxy", "tmpfs-size",
    "aws-secret-id", "gcp-secret-id", "auth-method", "backend", "secrets-path", "env-prefix", "k8s-secret-name", "nonsense", "secret-",
]


class Fuzzer:
    def __init__(self, seed, bodies):
        self.random, self.bodies = random.Random(seed), bodies

    def body(self):
        return self.pick([self.bytes, self.structure, self.annotated, self.annotated])()

    def pick(self, options):
        return self.random.choice(options)

    def bytes(self):
        body = bytearray(self.pick(self.bodies))
        for _ in range(self.random.randint(1, 8)):
            at = self.random.randrange(len(body) + 1)
            what = self.random.randrange(5)
            if what == 0 and at < len(body):
                body[at] ^= 1 << self.random.randrange(8)
            elif what == 1:
                body[at:at] = self.pick(TOKENS)
            elif what == 2:
                del body[at : at + self.random.randint(1, 50)]
            elif what == 3:
                del body[at:]
            else:
                other = self.pick(self.bodies)
                start = self.random.randrange(len(other))
                body[at:at] = other[start : start + self.random.randint(1, 200)]
        return bytes(body).replace(b"\n", b" ")

    def structure(self):
        """A member of another type, twice, or gone."""
        review = json.loads(self.pick(self.bodies))
        holder, depth = review, self.random.randint(1, 7)
        while depth:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = self.pick(keys)
            if depth == 1 or not isinstance(holder[key], (dict, list)):
                holder[key] = self.pick([None, True, 0, -1, 1.5, 1 << 70, "", "x" * 5000, [], {}, [[]], [None], {"": None}, ["x"]])
                break
            holder, depth = holder[key], depth - 1
        text = json.dumps(review)
        if self.random.random() < 0.2:
            text = text.replace('"spec":', '"spec": {}, "spec":', 1)
        return text.encode()

    def annotated(self):
        values = {PREFIX + "inject": "true", PREFIX + "ksm-config": "k", PREFIX + "secret": "a"}
        for _ in range(self.random.randint(1, 6)):
            values[PREFIX + self.pick(NAMES)] = "".join(self.pick(PIECES) for _ in range(self.random.randint(0, 12)))
        pod = {"metadata": {"name": "p", "annotations": values}, "spec": {"containers": [{"name": "app", "command": ["x"]}]}}
        return json.dumps(review_of(pod)).encode()


def ask(probe, body):
    probe.process.stdin.write(body + b"\n")
    probe.process.stdin.flush()
    if not select.select([probe.process.stdout], [], [], 5)[0]:
        raise RuntimeError(f"no answer in 5 s to {body[:4000]!r}")
    answer = probe.process.stdout.readline()
    if not answer:
        raise RuntimeError(f"the probe ended with {probe.process.wait()} at {body[:4000]!r}")
    return json.loads(answer)


def main(path, fixtures, seconds, seed):
    bodies = []
    for file in sorted(glob.glob(os.path.join(fixtures, "*.json"))):
        with open(file, encoding="utf-8") as source:
            bodies.append(json.dumps(json.load(source)).encode())
    fuzzer, probe = Fuzzer(int(seed), bodies), Probe(path)
    end, count, kinds, warm = time.monotonic() + float(seconds), 0, {}, None
    while time.monotonic() < end:
        answer = ask(probe, fuzzer.body())
        response = answer.get("response")
        kind = "malformed" if response is None else "allowed" if response["allowed"] else "denied"
        kinds[kind] = kinds.get(kind, 0) + 1
        count += 1
        if count == 2000:
            warm = probe.memory()
    grown = probe.memory() - warm if warm else 0
    probe.end()
    print(json.dumps({"reviews": count, **kinds, "grown_kib": grown}))
    return 0 if len(kinds) == 3 and grown < 20 * 1024 and warm else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
