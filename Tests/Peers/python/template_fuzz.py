"""Throws mutated templates at the parser and the evaluator: no crash, no hang, the limits hold.

template_fuzz.py PROBE SECONDS SEED: ends with the count of templates, or tells the one that broke it.
"""

import json
import os
import random
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(__file__))
from templates import functions, language  # noqa: E402
from templates.data import DATA  # noqa: E402

TOKENS = (
    "{{ }} {{- -}} ( ) | := = , . $ $x .a .list .map .nil range end if else with define template block break continue "
    'nil true 0 -1 9223372036854775807 1e308 0x1p-2 1i "" "x" `y` \'c\' /* */ 100000 until repeat dict list set '
    "printf print index slice regexFind toJson fromJson merge cat join split wrap substr trunc date toDate semver"
).split()
LIMIT = 1 << 20


def mutated(rng, corpus):
    text = rng.choice(corpus)
    for _ in range(rng.randint(0, 6)):
        kind = rng.randrange(6)
        at = rng.randint(0, len(text))
        if kind == 0:
            text = text[:at] + " " + rng.choice(TOKENS) + " " + text[at:]
        elif kind == 1:
            end = min(len(text), at + rng.randint(1, 8))
            text = text[:at] + text[end:]
        elif kind == 2:
            other = rng.choice(corpus)
            cut = rng.randint(0, len(other))
            text = text[:at] + other[cut:]
        elif kind == 3:
            text = text[:at] + chr(rng.choice([0, 9, 10, 34, 39, 92, 96, 0x7B, 0x7D, 0xE9, 0x1F600, 0x2028])) + text[at:]
        elif kind == 4:
            end = min(len(text), at + rng.randint(1, 30))
            text = text[:end] + text[at:end] * rng.randint(1, 4) + text[end:]
        else:
            words = text.split(" ")
            rng.shuffle(words)
            text = " ".join(words)
    return text


class Probe:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answer(self, text):
        line = json.dumps({"text": text, "data": DATA}) + "\n"
        try:
            self.process.stdin.write(line.encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        if not ready:
            self.process.kill()
            return "hang"
        line = self.process.stdout.readline()
        return json.loads(line) if line else None


def main(path, seconds, seed):
    rng = random.Random(seed)
    corpus = language.CASES + [text for texts in functions.CASES.values() for text in texts]
    probe = Probe(path)
    end = time.monotonic() + seconds
    count = rendered = 0
    while time.monotonic() < end:
        text = mutated(rng, corpus)
        answer = probe.answer(text)
        if answer is None or answer == "hang":
            sys.exit(f"seed {seed}, template {count}: {answer or 'crash'}: {text!r}")
        if "out" in answer:
            rendered += 1
            if len(answer["out"].encode()) > 3 * LIMIT:
                sys.exit(f"seed {seed}, template {count}: the output is too large: {text!r}")
        count += 1
    print(f"{count} templates, {rendered} of them rendered")
    if count < 100 or rendered == 0:
        sys.exit("too few")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
