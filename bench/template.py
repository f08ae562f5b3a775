"""Times the rendering of 100 records with a template of 30 lines, beside Go's own engine.

Usage: template.py DIRECTORY-OF-EXECUTABLES

Go's engine is Helm's. It parses the template once, ours once for each file, as the agent does. Of both the
process start is left out; of Helm's also what a chart with an empty template takes.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from helm_python import Chart

work = pathlib.Path(sys.argv[1]).resolve()
here = pathlib.Path(__file__).resolve().parent
RECORDS, REPEATS, ROUNDS = 100, 10, 7

template = (here / "record.tpl").read_text()
records = [
    {
        "_title": f"Record {n}", "_type": "login", "_uid": f"GeneratedRecord{n:07}", "_notes": "",
        "login": f"user-{n}", "password": f"generated-password-{n:07}", "url": f"https://service-{n}.example/",
        "oneTimeCode": "", "API Key": f"generated-key-{n:07}",
    }
    for n in range(RECORDS)
]


class Go:
    """A chart that renders every record, REPEATS times."""

    def __init__(self, directory, body):
        os.makedirs(f"{directory}/templates")
        pathlib.Path(directory, "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 1.0.0\n")
        start = template.index("{{- define"), template.index("{{ end }}", template.index("{{- define")) + 9
        definition = template[start[0] : start[1]]
        body = body.replace(definition, "")
        text = definition + "{{ range until %d }}{{ range $.Values.records }}%s{{ end }}{{ end }}" % (REPEATS, body)
        pathlib.Path(directory, "templates/a.txt").write_text(text)
        self.chart = Chart.load(directory)

    def render(self, values):
        start = time.perf_counter()
        made = self.chart.render(values)
        return time.perf_counter() - start, made["bench/templates/a.txt"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        full, empty = Go(scratch + "/full", template), Go(scratch + "/empty", "")
        values = {"records": records}
        lines = "".join(json.dumps({"text": template, "data": record}) + "\n" for record in records)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(full.render(values)[0] - empty.render(values)[0])
            done = subprocess.run(
                [work / "template-probe", "time", str(REPEATS)], input=lines, capture_output=True, text=True, check=True)
            seconds, output = done.stdout.split("\n", 1)
            ours.append(float(seconds))
        expected = full.render(values)[1]
        assert output * REPEATS == expected, "the outputs differ"
        ours, theirs = (statistics.median(times) / REPEATS * 1000 for times in (ours, theirs))
        print(f"{'100 records, a template of 30 lines':<58} {ours:>13.2f} ms")
        print(f"{'Go (Helm), the same bytes':<58} {theirs:>13.2f} ms")
        print(f"{'ratio':<58} {ours / theirs:>16.2f}")


main()
