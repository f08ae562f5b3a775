"""What the checks of the controller stand on: an emulated Keeper, the webhook, the API's stand-in, controllers."""

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from controller_api import Api, ApiError, Rules

ROOT = pathlib.Path(__file__).resolve().parents[3]
RULES = ROOT / "deploy/rbac/controller.yaml"
EXECUTABLES = os.environ["KEEPER_EXECUTABLES"]
PREFIX = "keeper.security/"
LEASE = ["--lease-duration", "3s", "--renew-deadline", "2s", "--retry-period", "400ms"]


def wait(condition, limit=30, what="", pause=0.05):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what}")
        time.sleep(pause)


class Process:
    def __init__(self, name, arguments, log):
        self.log = log
        self.may_end = False
        self.process = subprocess.Popen(
            [f"{EXECUTABLES}/{name}", *arguments], stdin=subprocess.DEVNULL, stdout=open(log, "wb"),
            stderr=subprocess.STDOUT)

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    @property
    def lines(self):
        found = []
        for line in self.text.splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def send(self, number):
        self.may_end = self.may_end or number in (signal.SIGKILL, signal.SIGTERM)
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM, limit=12):
        self.may_end = True
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(limit)


class Controller(Process):
    def __init__(self, world, arguments=()):
        world.count += 1
        self.identity = f"controller-{world.count}"
        super().__init__("keeper-injector-webhook", [
            "controller", "--metrics-port", "0", "--host", "127.0.0.1", "--namespace", "keeper-injector",
            "--identity", self.identity, "--api-server", f"https://127.0.0.1:{world.api.port}", "--api-ca-cert",
            world.ca, "--api-token-file", str(world.token), "--ca-cert", world.keeper_ca, "--fetch-spacing", "1s",
            "--log-level", "debug", *LEASE, *world.policy, *arguments,
        ], world.scratch / f"{self.identity}.log")
        world.running.append(self)

    def metrics(self):
        port = wait(lambda: next((l["port"] for l in self.lines if l.get("msg") == "listening"), None))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return answer.read().decode()

    def metric(self, name):
        for line in self.metrics().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def said(self, message):
        return [l for l in self.lines if l.get("msg") == message]


class World:
    """`namespaces`: where pods may ask; `pairs`: FROM:TO."""

    def __init__(self, vault, namespaces, pairs=()):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="keeper-controller-"))
        self.running, self.count = [], 0
        self.namespaces = namespaces
        (self.scratch / "vault.yaml").write_text(vault)
        path = lambda name: str(self.scratch / name)
        self.keeper_ca = path("keeper-ca.pem")
        self.emulator = Process("keeper-emulator", [
            "--vault", path("vault.yaml"), "--config-out", path("ksm.json"), "--ca-out", self.keeper_ca,
        ], self.scratch / "emulator.log")
        self.running.append(self.emulator)
        self.ca = path("ca.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", path("key.pem"), "-out", self.ca, "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        bindings = {"keeper-injector": ["keeper-injector-controller-lease"]}
        for namespace in set(namespaces) | {p.split(":")[0] for p in pairs}:
            bindings.setdefault(namespace, []).append("keeper-injector-controller")
        for pair in pairs:
            bindings.setdefault(pair.split(":")[1], []).append("keeper-injector-controller-target")
        self.api = Api(self.scratch, self.ca, path("key.pem"), Rules(RULES, bindings))
        self.token = self.scratch / "token"
        self.token.write_text("token-0")
        self.policy = ["--kubernetes-secret-namespaces", ",".join(namespaces)]
        if pairs:
            self.policy += ["--kubernetes-secret-pairs", ",".join(pairs)]
        self.webhook = Process("keeper-injector-webhook", [
            "serve", "--host", "127.0.0.1", "--port", "0", "--metrics-port", "0", "--tls-cert", self.ca, "--tls-key",
            path("key.pem"), "--agent-image", "example.com/agent:1", *self.policy,
        ], self.scratch / "webhook.log")
        self.running.append(self.webhook)
        port = wait(lambda: next((l["port"] for l in self.webhook.lines if l.get("server") == "admission"), None),
                    what="the webhook listens")
        self.api.connect_webhook(port, self.ca)
        ready = wait(lambda: "ready" in self.emulator.text and self.emulator.text, what="the emulator is ready")
        self.page = ready.split("page=")[1].split()[0]
        self.ksm = (self.scratch / "ksm.json").read_bytes()
        for namespace in set(namespaces) | {p.split(":")[0] for p in pairs}:
            self.configure(namespace)

    def configure(self, namespace, name="keeper"):
        self.api.create("secrets", namespace, {
            "metadata": {"name": name}, "data": {"config": base64.b64encode(self.ksm).decode()}})

    def close(self):
        # What has crashed may have been covered for by another: nothing of ours ends by itself.
        dead = [p for p in self.running if not p.may_end and p.process.poll() is not None]
        told = [f"{p.log.name} ended with {p.process.returncode}: {p.text[-2000:]}" for p in dead]
        for process in self.running:
            if process.process.poll() is None:
                process.process.kill()
            process.process.wait()
        self.api.server.shutdown()
        shutil.rmtree(self.scratch, ignore_errors=True)
        assert not told, told

    # Keeper

    def keeper(self, path, method="GET", body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.page}/api/{path}", method=method,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def change(self, record, field, value):
        from urllib.parse import quote
        self.keeper(f"records/{quote(record)}/fields/{quote(field)}", "PUT", {"value": value})

    def fetches(self):
        return self.keeper("counters")["requests"].get("get_secret", 0)

    # Pods

    def pod(self, namespace, name, annotations, owner=None, dry_run=False):
        given = {"inject": "true", "ksm-config": "keeper", **annotations}
        metadata = {"name": name, "namespace": namespace,
                    "annotations": {PREFIX + key: value for key, value in given.items()}}
        if owner:
            metadata["ownerReferences"] = [reference(owner)]
        return self.api.admit(namespace, {
            "metadata": metadata, "spec": {"containers": [{"name": "app", "image": "example.com/app:1"}]}}, dry_run)

    def owned(self, resource, namespace, name, owner=None):
        metadata = {"name": name}
        if owner:
            metadata["ownerReferences"] = [reference(owner)]
        return self.api.create(resource, namespace, {"metadata": metadata})

    # Secrets and Events

    def secret(self, namespace, name):
        found = self.api.get("secrets", namespace, name)
        return found and {k: base64.b64decode(v).decode() for k, v in found["data"].items()}

    def until(self, namespace, name, data=None, limit=30):
        """Waits for a Secret, or for exactly this content of it."""
        def there():
            found = self.secret(namespace, name)
            return found is not None and (data is None or found == data) and (found or {"": ""})
        try:
            return wait(there, limit, f"{namespace}/{name} is {data}")
        except AssertionError as error:
            raise AssertionError(
                f"{error}; it is {self.secret(namespace, name)}\n{self.running[-1].text[-3000:]}") from None

    def events(self, namespace, pod=None, reason=None):
        return [e for e in self.api.all("events", namespace)
                if pod in (None, e["involvedObject"]["name"]) and reason in (None, e["reason"])]

    def event(self, namespace, pod, reason, text=""):
        def told():
            return next((e for e in self.events(namespace, pod, reason) if text in e["message"]), None)
        try:
            return wait(told, 20, f"event {reason} '{text}' on {namespace}/{pod}")
        except AssertionError as error:
            seen = [(e["reason"], e["message"]) for e in self.events(namespace, pod)]
            raise AssertionError(f"{error}; there are {seen}\n{self.running[-1].text[-3000:]}") from None

    def holder(self):
        lease = self.api.get("leases", "keeper-injector", "keeper-injector-controller")
        return lease and lease["spec"]["holderIdentity"]


def reference(owner):
    return {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"], "controller": True, "blockOwnerDeletion": True}


def denied(action):
    try:
        action()
    except ApiError as error:
        return error
    raise AssertionError("was not denied")
