"""What Helm's engine, which is Go's text/template with Sprig, makes of templates.

    template_oracle.py cases            every case and its outcome, one JSON object per line
    template_oracle.py run < LINES      the same for cases of standard input: {"text": …, "data": …}
    template_oracle.py time FILE N      renders one case N times in one process; seconds per rendering

A case is passed through `tpl`, so that it is a template of its own with its own dot, and its data
through `fromJson`, so that numbers are float64 as in every JSON of Go.
"""

import json
import os
import sys
import tempfile
import time

from helm_python import Chart, HelmError

sys.path.insert(0, os.path.dirname(__file__))
from templates import functions, language  # noqa: E402
from templates.data import DATA  # noqa: E402

CASE = '{{ tpl (index .Values "%s").text (index (fromJson (index .Values "%s").data) "d") }}'


def all_cases():
    for number, text in enumerate(language.CASES):
        yield {"name": "language %d" % number, "text": text, "data": DATA}
    for function, texts in functions.CASES.items():
        for number, text in enumerate(texts):
            yield {"name": "%s %d" % (function, number), "text": text, "data": DATA}


def outcomes(cases):
    """Renders `cases` together; where one of them fails, halves of them."""
    try:
        outputs = render(cases)
        return [{"out": output} for output in outputs]
    except HelmError as error:
        if len(cases) == 1:
            return [{"error": str(error)}]
        middle = len(cases) // 2
        return outcomes(cases[:middle]) + outcomes(cases[middle:])


def chart(directory, cases, repeat=1):
    os.makedirs(directory + "/templates")
    with open(directory + "/Chart.yaml", "w") as file:
        file.write("apiVersion: v2\nname: oracle\nversion: 1.0.0\n")
    for index in range(len(cases)):
        name = "c%05d" % index
        body = CASE % (name, name)
        if repeat > 1:
            body = "{{ range until %d }}%s{{ end }}" % (repeat, body.replace(".Values", "$.Values"))
        with open(directory + "/templates/" + name + ".txt", "w") as file:
            file.write(body)
    return Chart.load(directory)


def values(cases):
    return {
        "c%05d" % index: {"text": case["text"], "data": json.dumps({"d": case["data"]})}
        for index, case in enumerate(cases)
    }


def render(cases):
    with tempfile.TemporaryDirectory() as directory:
        made = chart(directory + "/oracle", cases).render(values(cases))
    return [made["oracle/templates/c%05d.txt" % index] for index in range(len(cases))]


def answer(cases):
    for start in range(0, len(cases), 16):
        part = cases[start : start + 16]
        for case, outcome in zip(part, outcomes(part)):
            print(json.dumps({**case, **outcome}))


def measure(path, count):
    with open(path) as file:
        case = json.load(file)
    with tempfile.TemporaryDirectory() as directory:
        loaded = chart(directory + "/oracle", [case], repeat=count)
        loaded.render(values([{**case, "text": "x"}]))
        start = time.perf_counter()
        loaded.render(values([case]))
        print((time.perf_counter() - start) / count)


if __name__ == "__main__":
    command = sys.argv[1]
    if command == "cases":
        answer(list(all_cases()))
    elif command == "run":
        answer([json.loads(line) for line in sys.stdin])
    elif command == "time":
        measure(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(__doc__)
