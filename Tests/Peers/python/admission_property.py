"""Random pods: the patch applies, leaves the user's part alone, and is made once. Usage: PROBE COUNT SEED [FLAG…]"""
import json
import random
import sys

import jsonpatch
import kubernetes_validate

from admission_pods import LAUNCHER, without_ours
from admission_probe import Probe, patch_of, review_of

PREFIX = "keeper.security/"
WORDS = ["app", "web", "db", "proxy", "migrate", "x-1", "log", "cache"]
ODD = ["a/b~c", "example.com/~0~1", "ü/é", "x.y/z", "team/owner", "sidecar.istio.io/inject"]


class Pods:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def maybe(self, chance):
        return self.random.random() < chance

    def pick(self, options):
        return self.random.choice(options)

    def context(self, pod):
        context = {}
        if self.maybe(0.4):
            context["runAsUser"] = self.pick([0, 1000, 1000, 1001, 65534])
        if self.maybe(0.3):
            context["runAsGroup"] = self.pick([1000, 2000])
        if self.maybe(0.3):
            context["runAsNonRoot"] = self.pick([True, False])
        if pod and self.maybe(0.3):
            context["fsGroup"] = 3000
        if pod and self.maybe(0.3):
            context["supplementalGroups"] = self.pick([[], [1], [1, 2], None])
        return context

    def container(self, name, volumes):
        container = {"name": name, "image": f"example.com/{name}:1"}
        if self.maybe(0.6):
            container["command"] = ["/bin/" + name, "--ünicode", "a\tb\"c"]
        if self.maybe(0.4):
            container["args"] = self.pick([["--port", "8080"], ["$(DB_LOGIN)", "$$(X)", "$("], [], None, ["--", "\u0001"]])
        if self.maybe(0.4):
            container["env"] = self.pick([
                [{"name": "DB_LOGIN", "value": "own"}, {"name": "A", "value": "$(DB_PASSWORD) $(A)"}],
                [{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}], [], None])
        if self.maybe(0.2):
            container["envFrom"] = [{"secretRef": {"name": "s"}}, {"prefix": "P_", "configMapRef": {"name": "c"}}]
        if self.maybe(0.2):
            container["livenessProbe"] = self.pick([{"exec": {"command": ["true"]}}, {"httpGet": {"port": 80}}])
        if self.maybe(0.1):
            container["lifecycle"] = {"preStop": {"exec": {"command": ["true"]}}}
        if self.maybe(0.1):
            container["command"] = self.pick([[], None, ["", "$(DB_LOGIN)"], ["a"] * 50])
        if self.maybe(0.5):
            container["securityContext"] = self.context(False)
        kind = self.pick(["missing", "null", "empty", "some", "some"])
        if kind != "missing":
            mounts = [{"name": v, "mountPath": f"/mnt/{v}", "readOnly": self.maybe(0.5)} for v in volumes if self.maybe(0.6)]
            container["volumeMounts"] = {"null": None, "empty": [], "some": mounts}[kind]
        if self.maybe(0.2):
            container["someFutureField"] = {"big": 12345678901234567890, "float": 1.5e-7, "order": {"z": 1, "a": 2}}
        return container

    def annotations(self, containers):
        notes = {odd: self.pick(["", "x", "ä\n\"quoted\""]) for odd in ODD if self.maybe(0.2)}
        if self.maybe(0.03):
            return notes
        ours = {"inject": self.pick(["true", "True", "TRUE"]), "ksm-config": "keeper-credentials"}
        options = [
            ("secret", "database-credentials"), ("secrets", "a, b ,C d"), ("secret-db", "/app/config/db.json"),
            ("secret-pw", "db[password]:/app/secrets/pw"), ("secret-n", "keeper://QabbPIdM8Unw4hwVM-F8VQ/field/login"),
            ("file-cert", "tls:tls.crt:/app/tls/tls.crt"), ("folder", "Team/Databases"), ("folder-path", "/app/all"),
            ("config", self.pick([
                "secrets:\n- record: ünï\n  path: /app/yaml/x\n  template: '{{ .a }}'\n",
                "secrets:\n- record: ünï\n  injectAsEnvVars: true\n  envPrefix: U_\n  envKeys: {login: DB_LOGIN, a b: A}\n",
                "secrets:\n- record: r\n  path: /app/yaml/r\n  injectAsEnvVars: true\n  fields: [login, password]\n",
                "secrets:\n- record: r\n  injectAsEnvVars: false\n"])), ("refresh-interval", "30s"),
            ("init-only", "true"), ("fail-on-error", "false"), ("signal", "HUP"), ("run-as-user", "1234"),
            ("run-as-group", "4321"), ("file-mode", "0440"), ("tmpfs-size", "16Mi"), ("log-level", "debug"),
            ("metrics-port", "9102"), ("secrets-path", "/run/keeper"), ("backend", "fuse"), ("inject-env-vars", "true"),
            ("inject-env-vars", "true"), ("env-prefix", self.pick(["DB_", "x", "_"])),
            ("inject-as-k8s-secret", "true"), ("ca-cert-configmap", "ca"), ("https-proxy", "http://proxy:3128"),
            ("sidecar-memory-limit", "99Mi"), ("mount-style", "file"), ("strict-lookup", "true"), ("on-stale", "remove"),
            ("containers", self.pick(containers)), ("refresh-intervall", "1m"),
        ]
        for name, value in options:
            if self.maybe(0.12):
                ours[name] = value
        if self.maybe(0.6):
            ours["secret"] = "database-credentials"
        if self.maybe(0.08):
            ours[self.pick(["refresh-interval", "run-as-user", "secret-x", "backend"])] = self.pick(["", "0", "nonsense", "\u0000"])
        notes.update({PREFIX + name: value for name, value in ours.items()})
        keys = list(notes)
        self.random.shuffle(keys)
        return {key: notes[key] for key in keys}

    def pod(self):
        volumes = [v for v in ("data", "cfg", "kube-api-access-x") if self.maybe(0.5)]
        names = self.random.sample(WORDS, self.random.randint(1, 5))
        cut = self.random.randint(1, len(names))
        spec = {}
        kind = self.pick(["missing", "null", "some", "some"])
        if kind != "missing" or volumes:
            spec["volumes"] = [{"name": v, "emptyDir": {}} for v in volumes] or (None if kind == "null" else [])
        spec["containers"] = [self.container(n, volumes) for n in names[:cut]]
        if names[cut:] or self.maybe(0.2):
            spec["initContainers"] = [self.container(n, volumes) for n in names[cut:]] or self.pick([[], None])
            for container in spec["initContainers"] or []:
                if self.maybe(0.3):
                    container["restartPolicy"] = "Always"
        if self.maybe(0.6):
            spec["securityContext"] = self.context(True) if self.maybe(0.9) else None
        if self.maybe(0.1):
            spec["hostPID"] = True
        if self.maybe(0.1):
            spec["shareProcessNamespace"] = self.pick([True, False])
        metadata = {"annotations": self.annotations(names)}
        metadata.update(self.pick([{"name": "p"}, {"generateName": "p-"}]))
        pod = {"metadata": metadata, "spec": spec, "status": {}}
        if self.maybe(0.8):
            pod = {"kind": "Pod", "apiVersion": "v1", **pod}
        return pod


def check_variables(patched, pod, number):
    """The containers with the launcher are those of the plan, and no `env` of theirs is touched: there is no
    place in the pod where a value could stand."""
    named, started = set(), set()
    for kind in ("initContainers", "containers"):
        before = {c["name"]: c for c in pod["spec"].get(kind) or []}
        for container in patched["spec"].get(kind) or []:
            if container["name"] not in before:
                for variable in container.get("env") or []:
                    plan = json.loads(variable["value"])
                    named |= set(plan.get("environmentContainers", []))
                continue
            old = before[container["name"]]
            for key in ("env", "envFrom", "args", "workingDir", "lifecycle", "livenessProbe"):
                if container.get(key) != old.get(key) or (key in container) != (key in old):
                    raise RuntimeError(f"pod {number}: {key} of {old['name']} has changed")
            command = container.get("command")
            if command == old.get("command"):
                continue
            if command != [LAUNCHER, "/keeper/env/environment", "--", *old["command"]]:
                raise RuntimeError(f"pod {number}: the command is {command}")
            started.add(old["name"])
            mounts = {m["mountPath"]: m for m in container["volumeMounts"] if m["name"] == "keeper-run"}
            own = mounts["/keeper/env"]
            if own != {"name": "keeper-run", "mountPath": "/keeper/env", "subPath": "env/" + old["name"], "readOnly": True}:
                raise RuntimeError(f"pod {number}: {own}")
            if any(m.get("subPath") is None or not m.get("readOnly") for m in mounts.values()):
                raise RuntimeError(f"pod {number}: {old['name']} sees more of keeper-run: {mounts}")
    if started != named:
        raise RuntimeError(f"pod {number}: the plan names {named}, the launcher starts {started}")
    return bool(started)


def main(path, count, seed, *more):
    pods, flags = Pods(int(seed)), ["--fuse-namespaces", "*", "--kubernetes-secret-namespaces", "*", *more]
    first, second = Probe(path, *flags), Probe(path, *flags)
    counts = {"patched": 0, "denied": 0, "unchanged": 0, "validated": 0, "variables": 0}
    for number in range(int(count)):
        pod = pods.pod()
        line = json.dumps(review_of(pod), ensure_ascii=False).encode()
        answer = first.ask_line(line)
        if second.ask_line(line) != answer:
            raise RuntimeError(f"pod {number}: two processes differ: {line.decode()}")
        response = json.loads(answer)["response"]
        if not response["allowed"]:
            if not response["status"]["message"].strip() or response["status"]["code"] != 422:
                raise RuntimeError(f"pod {number}: denied without a word: {response}")
            counts["denied"] += 1
            continue
        patch = patch_of(response)
        if patch is None:
            counts["unchanged"] += 1
            continue
        counts["patched"] += 1
        patched = jsonpatch.apply_patch(pod, json.loads(patch))
        counts["variables"] += check_variables(patched, pod, number)
        if without_ours(patched, pod) != pod:
            raise RuntimeError(f"pod {number}: the user's part has changed: {json.dumps(pod)}\n{patch.decode()}")
        if patch_of(first.ask(review_of(patched))) is not None:
            raise RuntimeError(f"pod {number}: patched again: {json.dumps(pod)}")
        patched["spec"]["containers"].append({"name": "mesh-proxy", "image": "example.com/mesh:1"})
        if patch_of(first.ask(review_of(patched))) is not None:
            raise RuntimeError(f"pod {number}: patched again after a mesh came: {json.dumps(pod)}")
        if counts["validated"] < 300 and "someFutureField" not in line.decode():
            counts["validated"] += 1
            patched = {"kind": "Pod", "apiVersion": "v1", **patched}
            kubernetes_validate.validate(patched, "1.36", strict=True)
    first.end()
    second.end()
    print(json.dumps(counts))
    # Otherwise the pods were of one kind, and the test says little.
    some = counts["patched"] > int(count) / 3 and counts["denied"] > int(count) / 50
    return 0 if some and counts["variables"] > int(count) / 50 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
