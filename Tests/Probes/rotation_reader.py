"""Starts publish-probe and reads what it publishes, in a loop, until it ends; prints what it saw.

    rotation_reader.py DIRECTORY PUBLISH-PROBE ARGUMENT...

Three readers take turns: through a handle on `..data` (certificate and key must be of one generation),
by plain paths (each file complete, never older than the one before), and a nested file.
"""
import json
import os
import re
import subprocess
import sys
import time

# The publisher keeps an old generation for 500 ms. A reader that was itself suspended for longer between
# its steps proves nothing about it.
GRACE = 0.4

root = sys.argv[1]
tls, note = root + "/app/tls", root + "/keeper/secrets/deep/er/note.txt"
pairs = plain = overslept = 0
generations, failures = set(), []


def read(path, directory=None):
    handle = os.open(path, os.O_RDONLY, dir_fd=directory)
    try:
        text = b""
        while piece := os.read(handle, 1 << 16):
            text += piece
    finally:
        os.close(handle)
    lines = text.decode().split("\n")
    first, last = re.fullmatch(r"begin (\d+)", lines[0]), lines[-2:]
    if not first or last != [f"end {first[1]}", ""]:
        raise ValueError(f"{path}: partial: {len(text)} bytes, begins {lines[0]!r}, ends {last}")
    if any(line != f"line of generation {first[1]}" for line in lines[1:-2]):
        raise ValueError(f"{path}: mixed")
    return int(first[1])


def through_handle():
    global pairs
    directory = os.open(tls + "/..data", os.O_RDONLY | os.O_DIRECTORY)
    try:
        certificate = read("tls.crt", directory)
        if pairs % 20 == 0:
            # Slow now and then: several generations come and go before the key is read.
            time.sleep(0.01)
        key = read("tls.key", directory)
    finally:
        os.close(directory)
    if certificate != key:
        raise ValueError(f"certificate of {certificate}, key of {key}")
    generations.add(key)
    pairs += 1


def by_path():
    global plain
    # In the order of the switch backwards, so the numbers may only grow.
    seen = [read(note), read(tls + "/tls.crt"), read(tls + "/tls.key")]
    if seen != sorted(seen):
        raise ValueError(f"went back: {seen}")
    plain += 1


probe = subprocess.Popen(sys.argv[2:])
while probe.poll() is None:
    for step in (through_handle, by_path):
        begun = time.monotonic()
        try:
            step()
        except (OSError, ValueError) as error:
            if time.monotonic() - begun > GRACE:
                overslept += 1
            else:
                failures.append(str(error))
print(json.dumps({"status": probe.returncode, "pairs": pairs, "plain": plain,
                  "generations": len(generations), "overslept": overslept, "failures": failures[:10]}))
