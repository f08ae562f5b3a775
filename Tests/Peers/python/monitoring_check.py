"""Whether examples/monitoring and docs/operations.md name the metrics that there are, and fit each other.

Usage: monitoring_check.py METRICS_AGENT METRICS_WEBHOOK: what /metrics answers, the agent's with FUSE.
"""
import itertools
import json
import re
import sys
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None  # the structure of the alerts is not looked at then

ROOT = Path(__file__).resolve().parents[3]
ALERTS = ROOT / "examples/monitoring/alerts.yaml"
DASHBOARD = ROOT / "examples/monitoring/grafana-dashboard.json"
DOCUMENT = ROOT / "docs/operations.md"
NAME = re.compile(r"\bkeeper_(?:sidecar|injector|fuse)_\w+")
# What the scrape adds to each series.
SCRAPED = {"namespace", "pod", "container", "instance", "job"}
WIDTH = 24


class Metrics:
    """The families of files in Prometheus format: their types, and the labels of their samples."""

    def __init__(self, paths):
        self.types, self.labels = {}, {}
        for path in paths:
            for line in Path(path).read_text().splitlines():
                if line.startswith("# TYPE "):
                    _, _, name, kind = line.split(" ")
                    self.types[name] = kind
                elif line and not line.startswith("#"):
                    name, labels = re.fullmatch(r"(\w+)(?:\{(.*)\})? \S+", line).groups()
                    found = set(re.findall(r"(\w+)=", labels or ""))
                    self.labels[name] = self.labels.get(name, set()) | found

    def family(self, name):
        """The family that has samples of this name, or none."""
        if name in self.types:
            return name if self.types[name] != "histogram" else None
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        return base if self.types.get(base) == "histogram" else None

    def check_expression(self, expression, where):
        expression = re.sub(r"\$\{?\w+\}?", "1", expression)
        for name in NAME.findall(expression):
            assert self.family(name), f"{where}: there is no metric {name}"
        for name, selector, window in re.findall(r"\b(keeper_\w+)(?:\{(.*?)\})?(\[\w+\])?", expression):
            used = set(re.findall(r"(\w+)\s*[=!]", selector))
            if name in self.labels:  # a family without samples yet tells nothing of its labels
                unknown = used - self.labels[name] - SCRAPED
                assert not unknown, f"{where}: {name} has no label {', '.join(sorted(unknown))}"
            counts = self.types.get(name) == "counter" or name != self.family(name)
            assert counts or not window, f"{where}: {name} is a gauge, no rate can be taken"
        for body in re.findall(r"histogram_quantile\(.*?(keeper_\w+)", expression):
            assert body.endswith("_bucket"), f"{where}: a quantile of {body}"


def anchors(text):
    """As GitHub makes them of headings."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_alerts(metrics, known):
    text = ALERTS.read_text()
    urls = re.findall(r"^ *runbook_url: *(\S+)$", text, flags=re.MULTILINE)
    names = re.findall(r"^ *- alert: *(\w+)$", text, flags=re.MULTILINE)
    assert names and len(urls) == len(names), f"{len(names)} alerts, {len(urls)} runbooks"
    for url in urls:
        page, _, anchor = url.partition("#")
        assert page == "docs/operations.md" and anchor in known, f"{url} leads nowhere"
    for name in NAME.findall(text):
        assert metrics.family(name), f"alerts: there is no metric {name}"
    if not yaml:
        return len(names)
    document = yaml.safe_load(text)
    assert (document["apiVersion"], document["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    rules = [rule for group in document["spec"]["groups"] for rule in group["rules"]]
    assert [rule["alert"] for rule in rules] == names
    for rule in rules:
        metrics.check_expression(rule["expr"], rule["alert"])
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}, rule["alert"]
        anchor = rule["annotations"]["runbook_url"].partition("#")[2]
        assert anchor == rule["alert"].lower(), f"{rule['alert']} leads to {anchor}"
    return len(names)


def overlaps(a, b):
    return all(a[at] < b[at] + b[size] and b[at] < a[at] + a[size] for at, size in (("x", "w"), ("y", "h")))


def check_dashboard(metrics):
    text = DASHBOARD.read_text()
    dashboard = json.loads(text)
    panels = [inner for panel in dashboard["panels"] for inner in [panel, *panel.get("panels", [])]]
    ids = [panel["id"] for panel in panels]
    assert len(set(ids)) == len(ids), f"an id is there twice: {sorted(ids)}"
    for panel in panels:
        place = panel["gridPos"]
        assert 0 <= place["x"] and 0 <= place["y"] and place["w"] > 0 and place["h"] > 0, panel["title"]
        assert place["x"] + place["w"] <= WIDTH, f"{panel['title']} is too far to the right"
        for target in panel.get("targets", []):
            metrics.check_expression(target["expr"], panel["title"])
        assert panel["type"] == "row" or panel["targets"], f"{panel['title']} shows nothing"
    for a, b in itertools.combinations(panels, 2):
        assert not overlaps(a["gridPos"], b["gridPos"]), f"{a['title']} and {b['title']} overlap"
    for name in NAME.findall(text):
        assert metrics.family(name), f"dashboard: there is no metric {name}"
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", text))
    assert used <= variables, f"unknown variables: {used - variables}"
    return len(panels)


def check_document(metrics, text):
    """Each metric has its row, with its type and labels; each row has its metric."""
    rows = re.findall(r"^\| `(keeper_\w+)(?:\{([\w,]+)\})?` \| (\w+) \|", text, flags=re.MULTILINE)
    for name, labels, kind in rows:
        assert metrics.types.get(name) == kind, f"{name} is of type {metrics.types.get(name)}, not {kind}"
        found = metrics.labels.get(name)
        assert not found or found == set(filter(None, labels.split(","))), f"{name} has the labels {found}"
    missing = set(metrics.types) - {row[0] for row in rows}
    assert not missing, f"docs/operations.md does not tell of {', '.join(sorted(missing))}"
    for name in NAME.findall(text):
        assert name in metrics.types or metrics.family(name), f"document: there is no metric {name}"
    return len(rows)


def main(paths):
    metrics = Metrics(paths)
    document = DOCUMENT.read_text()
    known = anchors(document)
    for anchor in re.findall(r"\]\(#(.+?)\)", document):
        assert anchor in known, f"docs/operations.md: #{anchor} leads nowhere"
    rows = check_document(metrics, document)
    alerts = check_alerts(metrics, known)
    panels = check_dashboard(metrics)
    print(f"{rows} metrics, {alerts} alerts, {panels} panels")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1:])
    except (AssertionError, ValueError) as error:
        sys.exit(f"error: {error}")
