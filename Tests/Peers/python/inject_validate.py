"""Every workload kind in one file through `keeper-injector inject`: objects that are valid, other documents
byte for byte as they were. Usage: inject_validate.py TOOL"""
import subprocess
import sys

import kubernetes_validate
import yaml

ANNOTATIONS = {
    "keeper.security/inject": "true",
    "keeper.security/ksm-config": "keeper",
    "keeper.security/secret": "database",
    "keeper.security/secret-pw": "database[password]:/app/config/pw",
}
META = {"labels": {"app": "x"}, "annotations": ANNOTATIONS}
SPEC = {"containers": [{"name": "app", "image": "example.com/app:1", "command": ["app"]}]}
TEMPLATE = {"metadata": META, "spec": SPEC}
ONCE = {"metadata": META, "spec": {**SPEC, "restartPolicy": "Never"}}
SELECTOR = {"matchLabels": {"app": "x"}}


def thing(api, kind, spec, **metadata):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "x", **metadata}, "spec": spec}


WORKLOADS = [
    thing("v1", "Pod", SPEC, **META),
    thing("apps/v1", "Deployment", {"selector": SELECTOR, "template": TEMPLATE}),
    thing("apps/v1", "StatefulSet", {"selector": SELECTOR, "serviceName": "x", "template": TEMPLATE}),
    thing("apps/v1", "DaemonSet", {"selector": SELECTOR, "template": TEMPLATE}),
    thing("apps/v1", "ReplicaSet", {"selector": SELECTOR, "template": TEMPLATE}),
    thing("v1", "ReplicationController", {"selector": {"app": "x"}, "template": TEMPLATE}),
    thing("batch/v1", "Job", {"template": ONCE}),
    thing("batch/v1", "CronJob", {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": ONCE}}}),
]
OTHERS = [
    "# a comment alone\n",
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}   # kept\ndata:\n    "odd":   \'yes\'\n',
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: plain\nspec:\n  containers: [{name: a, image: a}]\n",
]
VARIANTS = [[], ["--native-sidecars", "false"], ["--secrets-group", "70000", "--default-sidecar-memory-limit", "99Mi"]]


def pod_of(workload):
    if workload["kind"] == "Pod":
        return workload
    spec = workload["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload["kind"] == "CronJob" else spec["template"]


def check(workload):
    for version in ("1.29", "1.36"):
        kubernetes_validate.validate(workload, version, strict=True)
    names = [c["name"] for kind in ("initContainers", "containers") for c in pod_of(workload)["spec"].get(kind, [])]
    assert "keeper-secrets-init" in names and "keeper-secrets-sidecar" in names, (workload["kind"], names)


def inject(tool, flags, text):
    return subprocess.run([tool, "inject", "-f", "-", *flags], input=text, capture_output=True, text=True, check=True).stdout


def main(tool):
    documents = [OTHERS[0]]
    for workload in WORKLOADS:
        documents += [yaml.safe_dump(workload, sort_keys=False), OTHERS[1]]
    documents.append(OTHERS[2])
    listed = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": WORKLOADS}, sort_keys=False)
    checked = 0
    for flags in VARIANTS:
        result = inject(tool, flags, "---\n".join(documents)).split("---\n")
        assert len(result) == len(documents), (len(result), len(documents))
        for before, after in zip(documents, result):
            if before in OTHERS:
                assert before == after, after
            else:
                check(yaml.safe_load(after))
                checked += 1
        for item in yaml.safe_load(inject(tool, flags, listed))["items"]:
            check(item)
            checked += 1
    print(f"{checked} objects are valid")


if __name__ == "__main__":
    main(sys.argv[1])
