"""The recorded reviews: golden answers, a patch that applies, valid and restricted pods, and idempotency.

Usage: admission_reviews.py PROBE FIXTURES; with UPDATE_GOLDEN=1 the golden answers are written anew.
"""
import glob
import json
import os
import sys

import jsonpatch
import kubernetes_validate

from admission_pods import restricted, without_ours
from admission_probe import Probe, patch_of

VARIANTS = {
    "": [],
    ".enabled": ["--fuse-namespaces", "app", "--kubernetes-secret-namespaces", "app"],
    ".old-cluster": ["--native-sidecars", "false"],
}


def readable(response):
    """The answer as a person reads it: the patch decoded, the plan within it too."""
    shown = {key: value for key, value in response.items() if key not in ("patch", "uid")}
    patch = patch_of(response)
    if patch:
        shown["patch"] = json.loads(patch)
        for operation in shown["patch"]:
            unfold(operation["value"])
    return json.dumps(shown, indent=1, ensure_ascii=False) + "\n"


def unfold(value):
    if isinstance(value, list):
        for element in value:
            unfold(element)
    elif isinstance(value, dict):
        for variable in value.get("env") or []:
            if variable["name"] == "KEEPER_INJECTOR_CONFIG":
                variable["value"] = json.loads(variable["value"])
        for member in value.values():
            unfold(member)


def check(probe, review, name, problems):
    response = probe.ask(review)
    if response["uid"] != review["request"]["uid"]:
        problems.append(f"{name}: another uid")
    for warning in response.get("warnings") or []:
        if len(warning) > 256:
            problems.append(f"{name}: a warning of {len(warning)} characters")
    patch = patch_of(response)
    if patch is None:
        return response
    pod = review["request"]["object"]
    patched = jsonpatch.apply_patch(pod, json.loads(patch))
    if without_ours(patched, pod) != pod:
        problems.append(f"{name}: the user's part has changed")
    for version in ("1.29", "1.36"):
        try:
            kubernetes_validate.validate(patched, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            problems.append(f"{name}: not valid for {version}: {error.message} at {list(error.path)}")
    fuse = any(o.get("value") == "fuse" for o in json.loads(patch)) or "privileged" in patch.decode()
    if not fuse and not restricted(pod) and restricted(patched):
        problems.append(f"{name}: no longer restricted: {restricted(patched)}")
    again = dict(review, request=dict(review["request"], object=patched))
    if patch_of(probe.ask(again)) is not None:
        problems.append(f"{name}: the patched pod is patched again")
    return response


def main(path, fixtures):
    update = os.environ.get("UPDATE_GOLDEN") == "1"
    golden = os.path.join(fixtures, "golden")
    os.makedirs(golden, exist_ok=True)
    problems, written, seen, restricted_inputs = [], set(), 0, 0
    for variant, flags in VARIANTS.items():
        probe = Probe(path, *flags)
        for file in sorted(glob.glob(os.path.join(fixtures, "*.json"))):
            with open(file, encoding="utf-8") as source:
                review = json.load(source)
            name = os.path.basename(file)[: -len(".json")]
            seen += 1
            pod = review["request"]["object"]
            restricted_inputs += not restricted(pod)
            answer = readable(check(probe, review, name + variant, problems))
            base = os.path.join(golden, name + ".json")
            if variant:
                with open(base, encoding="utf-8") as usual:
                    if usual.read() == answer:
                        continue
            place = os.path.join(golden, name + variant + ".json")
            written.add(place)
            if update:
                with open(place, "w", encoding="utf-8") as target:
                    target.write(answer)
            elif not os.path.exists(place):
                problems.append(f"{name}{variant}: has no golden answer")
            else:
                with open(place, encoding="utf-8") as expected:
                    if expected.read() != answer:
                        problems.append(f"{name}{variant}: another answer than the golden one:\n{answer}")
        probe.end()
    for place in set(glob.glob(os.path.join(golden, "*.json"))) - written:
        problems.append(f"{place} belongs to no review")
    print(f"{seen} reviews, {restricted_inputs} of them restricted, {len(problems)} problems")
    print("\n".join(problems))
    return 1 if problems or seen != 108 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
