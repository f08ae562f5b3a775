"""Checks of `keeper-injector-webhook controller`. Usage: controller_checks.py CHECK"""

import base64
import json
import random
import re
import signal
import sys
import threading
import time

from controller_harness import RULES, Controller, World, denied, reference, wait

VAULT = """
application: Test
records:
  - title: db
    type: databaseCredentials
    fields:
      login: app
      password: value-db-1
      host: {hostName: db.internal, port: "5432"}
    custom:
      - {type: text, label: API Key, value: value-key-1}
      - {type: text, label: empty, value: ""}
  - title: other
    fields: {login: other, password: value-other-1}
  - title: registry
    custom:
      - {type: text, label: .dockerconfigjson, value: '{"auths":{"example.com":{"auth":"value-registry"}}}'}
  - title: ssh
    custom:
      - {type: text, label: ssh-privatekey, value: value-ssh}
  - title: web
    files:
      - {name: tls.crt, generate: certificate}
      - {name: tls.key, generate: key}
  - title: odd files
    files:
      - {name: server.pem, text: value-certificate}
      - {name: server.key, text: value-private}
  - title: huge
    files:
      - {name: big.bin, random: 1048577}
folders:
  - name: Team
    records:
      - title: First One
        fields: {login: one, password: value-folder-1}
      - title: second
        fields: {login: two, password: value-folder-2}
"""
DB = {"login": "app", "password": "value-db-1", "host": '{"hostName":"db.internal","port":"5432"}',
      "API_Key": "value-key-1", "empty": ""}
MANAGED = {"app.kubernetes.io/managed-by": "keeper-injector"}


def as_secret(**more):
    return {"inject-as-k8s-secret": "true", **more}


def config(*lines):
    return {"config": "\n".join(lines)}


def records(world):
    """All fields, key mapping, types, attachments, folders; and what goes wrong."""
    controller = Controller(world)
    pod = world.pod("app", "fields", as_secret(secret="db", **{"k8s-secret-name": "fields"}))
    assert list(pod["spec"]) == ["containers"] and len(pod["spec"]["containers"]) == 1, pod["spec"]
    world.pod("app", "titled", as_secret(secrets="db, other"))
    world.pod("app", "mapped", config(
        "secrets:", "- record: db", "  injectAsK8sSecret: true", "  k8sSecretName: mapped",
        "  k8sSecretKeys: {login: username, API Key: key}"))
    world.pod("app", "tls", config(
        "secrets:", "- record: web", "  injectAsK8sSecret: true", "  k8sSecretName: tls",
        "  k8sSecretType: kubernetes.io/tls"))
    world.pod("app", "tls-mapped", config(
        "secrets:", "- record: odd files", "  injectAsK8sSecret: true", "  k8sSecretName: tls-mapped",
        "  k8sSecretType: kubernetes.io/tls", "  k8sSecretKeys: {server.pem: tls.crt, server.key: tls.key}"))
    world.pod("app", "folder", config(
        "folders:", "- path: Team", "  injectAsK8sSecret: true", "  k8sSecretNamePrefix: team-"))
    for name, record, kind in [("basic", "other", "basic-auth"), ("docker", "registry", "dockerconfigjson"),
                               ("ssh", "ssh", "ssh-auth")]:
        world.pod("app", name, as_secret(secret=record, **{
            "k8s-secret-name": name, "k8s-secret-type": f"kubernetes.io/{kind}"}))
    both = world.pod("app", "both", config(
        "secrets:", "- record: db", "  path: /app/db.json", "  injectAsK8sSecret: true", "  k8sSecretName: both"))
    assert [c["name"] for c in both["spec"]["initContainers"]] == ["keeper-secrets-init", "keeper-secrets-sidecar"]

    for name in ("fields", "db", "both"):
        world.until("app", name, DB)
    world.until("app", "other", {"login": "other", "password": "value-other-1"})
    world.until("app", "mapped", {"username": "app", "key": "value-key-1"})
    tls = world.until("app", "tls")
    assert set(tls) == {"tls.crt", "tls.key"}, set(tls)
    assert "BEGIN CERTIFICATE" in tls["tls.crt"] and tls["tls.key"], tls["tls.key"][:40]
    assert world.api.get("secrets", "app", "tls")["type"] == "kubernetes.io/tls"
    world.until("app", "tls-mapped", {"tls.crt": "value-certificate", "tls.key": "value-private"})
    world.until("app", "team-first-one", {"login": "one", "password": "value-folder-1"})
    world.until("app", "team-second", {"login": "two", "password": "value-folder-2"})
    world.until("app", "basic", {"username": "other", "password": "value-other-1"})
    assert "value-registry" in world.until("app", "docker")[".dockerconfigjson"]
    world.until("app", "ssh", {"ssh-privatekey": "value-ssh"})
    assert world.api.get("secrets", "app", "fields")["metadata"]["labels"] == MANAGED
    world.event("app", "fields", "KeeperSecretWritten", "app/fields created, 5 keys")

    # What cannot be is told on the pod, and leaves no Secret.
    wrong = {
        "no-tls": (as_secret(secret="db", **{"k8s-secret-type": "kubernetes.io/tls"}), "tls.crt"),
        "no-docker": (as_secret(secret="db", **{"k8s-secret-type": "kubernetes.io/dockerconfigjson"}),
                      ".dockerconfigjson"),
        "no-record": (as_secret(secret="dbb"), "did you mean 'db'"),
        "no-field": (config("secrets:", "- record: db", "  injectAsK8sSecret: true",
                            "  k8sSecretKeys: {passwort: p}"), "did you mean 'password'"),
        "two": (as_secret(secrets="db, other"), "two values want the key"),
        "big": (config("secrets:", "- record: huge", "  injectAsK8sSecret: true",
                       "  k8sSecretKeys: {big.bin: big}"), "at most 1024"),
        "no-folder": (config("folders:", "- path: Teem", "  injectAsK8sSecret: true"), "did you mean 'Team'"),
    }
    for name, (annotations, _) in wrong.items():
        annotations = dict(annotations)
        if "config" in annotations:
            annotations["config"] += f"\n  k8sSecretName: {name}" if name != "no-folder" else ""
        else:
            annotations["k8s-secret-name"] = name
        world.pod("app", name, annotations)
    for name, (_, text) in wrong.items():
        world.event("app", name, "KeeperSecretFailed", text)
        assert world.secret("app", name) is None
    assert controller.metric('keeper_controller_secret_writes_total{result="created"}') >= 12
    return f"{len(world.api.all('secrets', 'app')) - 1} Secrets, {len(wrong)} refusals told"


def modes(world):
    """overwrite, merge, skip-if-exists, fail, each with a Secret of somebody's, of ours, and with none."""
    names = ["overwrite", "merge", "skip-if-exists", "fail"]
    for name in names:
        world.api.create("secrets", "app", {
            "metadata": {"name": name, "labels": {"theirs": "yes"}, "annotations": {"note": "keep"}},
            "data": {"theirs": base64.b64encode(b"1").decode(), "login": base64.b64encode(b"x").decode()}})
    versions = {n: world.api.get("secrets", "app", n)["metadata"]["resourceVersion"] for n in names}
    Controller(world)
    for name in names:
        for target in (name, f"new-{name}"):
            world.pod("app", f"pod-{target}", as_secret(
                secret="other", **{"k8s-secret-name": target, "k8s-secret-mode": name}))
    fresh = {"login": "other", "password": "value-other-1"}
    for name in names:
        world.until("app", f"new-{name}", fresh)
    world.until("app", "overwrite", fresh)
    world.until("app", "merge", {"theirs": "1", **fresh})
    world.event("app", "pod-skip-if-exists", "KeeperSecretSkipped")
    world.event("app", "pod-fail", "KeeperSecretFailed", "exists already")
    get = lambda name: world.api.get("secrets", "app", name)["metadata"]
    for name in ("skip-if-exists", "fail"):
        assert get(name)["resourceVersion"] == versions[name], "touched"
    # Merged into: still theirs. Overwritten: ours, but nothing ever deletes it.
    assert get("merge")["labels"] == {"theirs": "yes"} and "ownerReferences" not in get("merge")
    assert get("overwrite")["labels"] == {"theirs": "yes", **MANAGED} and "ownerReferences" not in get("overwrite")
    assert get("overwrite")["annotations"]["note"] == "keep"
    for name in names:
        assert get(f"new-{name}")["ownerReferences"][0]["kind"] == "Pod"
    # A key that leaves the record leaves what was merged, and nothing else does.
    world.pod("app", "narrow", as_secret(**{"k8s-secret-mode": "merge"}) | config(
        "secrets:", "- record: other", "  k8sSecretName: new-merge", "  k8sSecretKeys: {login: user}"))
    world.until("app", "new-merge", {**fresh, "user": "other"})
    for pod in ("pod-new-merge",):
        world.api.delete("pods", "app", pod)
    world.api.patch("secrets", "app", "new-merge", {"data": {"guest": base64.b64encode(b"g").decode()}})
    world.pod("app", "again", as_secret(**{"k8s-secret-mode": "merge"}) | config(
        "secrets:", "- record: other", "  k8sSecretName: new-merge", "  k8sSecretKeys: {login: name}"))
    world.until("app", "new-merge", {"user": "other", "name": "other", "guest": "g"})
    # A type cannot change, an immutable Secret neither.
    world.pod("app", "typed", as_secret(secret="other", **{
        "k8s-secret-name": "overwrite", "k8s-secret-type": "kubernetes.io/basic-auth"}))
    world.event("app", "typed", "KeeperSecretFailed", "exists with type Opaque")
    return "4 modes, 3 situations each"


def rotation(world):
    controller = Controller(world)
    for name, rotates in (("on", "true"), ("off", "false")):
        world.pod("app", f"pod-{name}", as_secret(secret="db", **{
            "k8s-secret-name": name, "k8s-secret-rotation": rotates, "refresh-interval": "10s"}))
    # The shortest interval of those that ask is the one.
    world.pod("app", "slow", as_secret(secret="db", **{"k8s-secret-name": "on", "refresh-interval": "1h"}))
    world.until("app", "on", DB)
    world.until("app", "off", DB)
    version = world.api.get("secrets", "app", "off")["metadata"]["resourceVersion"]
    before = world.fetches()
    world.change("db", "password", "value-db-2")
    world.until("app", "on", {**DB, "password": "value-db-2"}, limit=25)
    assert world.secret("app", "off") == DB
    assert world.api.get("secrets", "app", "off")["metadata"]["resourceVersion"] == version
    assert world.fetches() - before <= 2, "one call for all Secrets of a configuration"
    # What somebody else changes in it is put right; an unchanged record writes nothing.
    world.api.patch("secrets", "app", "on", {"data": {"password": None, "more": "eA=="}})
    world.until("app", "on", {**DB, "password": "value-db-2"}, limit=25)
    count = len(world.api.history["app", "on"])
    fetched = world.fetches()
    wait(lambda: world.fetches() > fetched, 25, "a refresh")
    time.sleep(1)
    assert len(world.api.history["app", "on"]) == count
    # Written once does not mean that what is asked for may not change.
    world.pod("app", "pod-off-2", as_secret(**{"k8s-secret-rotation": "false"}) | config(
        "secrets:", "- record: db", "  k8sSecretName: off", "  k8sSecretKeys: {login: login}"))
    world.until("app", "off", {"login": "app"})
    return f"{world.fetches()} calls of Keeper"


def owners(world):
    """With and without, one pod and many; removal of the last pod."""
    Controller(world)
    web = world.owned("deployments", "app", "web")
    old, new = [world.owned("replicasets", "app", f"web-{n}", web) for n in (1, 2)]
    cron = world.owned("cronjobs", "app", "nightly")
    job = world.owned("jobs", "app", "nightly-1", cron)
    single = world.owned("jobs", "app", "once")
    database = world.owned("statefulsets", "app", "database")
    daemon = world.owned("daemonsets", "app", "daemon")
    for index, (target, owner) in enumerate([
            ("web", old), ("web", old), ("web", new), ("cron", job), ("job", single), ("set", database),
            ("daemon", daemon), ("shared", old), ("shared", database), ("bare", None)]):
        world.pod("app", f"pod-{index}", as_secret(secret="other", **{"k8s-secret-name": target}), owner)
    world.pod("app", "loose", as_secret(secret="other", **{
        "k8s-secret-name": "loose", "k8s-secret-owner-ref": "false"}))
    # References are the pod author's: one to an object that is not there, or is another, is not believed.
    ghost = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "web-1", "uid": "of-another"}}
    world.pod("app", "forged", as_secret(secret="other", **{"k8s-secret-name": "forged"}), ghost)
    alien = {"apiVersion": "example.com/v1", "kind": "Rollout", "metadata": {"name": "r", "uid": "r-1"}}
    world.pod("app", "alien", as_secret(secret="other", **{"k8s-secret-name": "alien"}), alien)
    of = lambda name: sorted(f"{o['kind']}/{o['name']}" for o in world.api.get("secrets", "app", name)["metadata"].get(
        "ownerReferences", []))
    for name, expected in {
            "web": ["Deployment/web"], "cron": ["CronJob/nightly"], "job": ["Job/once"],
            "set": ["StatefulSet/database"], "daemon": ["DaemonSet/daemon"], "bare": ["Pod/pod-9"], "loose": [],
            "shared": ["Deployment/web", "StatefulSet/database"], "forged": ["Pod/forged"],
            "alien": ["Pod/alien"]}.items():
        world.until("app", name)
        wait(lambda: of(name) == expected, what=f"{name}: {of(name)} is {expected}")
        for owner in world.api.get("secrets", "app", name)["metadata"].get("ownerReferences", []):
            assert set(owner) == {"apiVersion", "kind", "name", "uid"}, "blocks no deletion"
    # A second single pod becomes an owner too; the Secret goes with the last of them.
    world.pod("app", "bare-2", as_secret(secret="other", **{"k8s-secret-name": "bare"}))
    wait(lambda: of("bare") == ["Pod/bare-2", "Pod/pod-9"], what="two owners")
    world.api.delete("pods", "app", "pod-9")
    time.sleep(1)
    assert world.secret("app", "bare"), "one pod is left"
    world.api.delete("pods", "app", "bare-2")
    wait(lambda: world.secret("app", "bare") is None, what="gone with the last pod")
    # A Deployment's stays without pods, and goes with it.
    for pod in ("pod-0", "pod-1", "pod-2"):
        world.api.delete("pods", "app", pod)
    world.api.delete("pods", "app", "loose")
    time.sleep(1)
    assert world.secret("app", "web") and world.secret("app", "loose")
    world.api.delete("replicasets", "app", "web-1")
    world.api.delete("replicasets", "app", "web-2")
    world.api.delete("deployments", "app", "web")
    assert world.secret("app", "web") is None and world.secret("app", "shared") and world.secret("app", "loose")
    return "10 kinds of owners"


def remote(world):
    """Pairs of namespaces: only where the flags say so, deleted with the last pod, also by the next leader."""
    controller = Controller(world)
    there = lambda name: as_secret(secret="other", **{"k8s-secret-name": name, "k8s-secret-namespace": "shared"})
    error = denied(lambda: world.pod("team-b", "no", there("no")))
    assert "may not have Secrets in namespace" in error.message, error.message
    # Past the webhook, with all the marks of admission: read by the same rules, and told on the pod.
    forged = {"metadata": {"name": "forged", "annotations": {
        "keeper.security/inject": "true", "keeper.security/injected": "true", "keeper.security/ksm-config": "keeper",
        "keeper.security/secret": "other", "keeper.security/inject-as-k8s-secret": "true",
        "keeper.security/k8s-secret-namespace": "shared", "keeper.security/k8s-secret-name": "forged"}},
        "spec": {"containers": [{"name": "app"}]}, "status": {"phase": "Running"}}
    world.api.create("pods", "team-b", forged)
    world.event("team-b", "forged", "KeeperSecretRefused", "may not have Secrets")
    for name in ("kept", "left", "gone"):
        world.pod("team-a", f"pod-{name}", there(name))
        world.until("shared", name, {"login": "other", "password": "value-other-1"})
        assert "ownerReferences" not in world.api.get("secrets", "shared", name)["metadata"]
    world.pod("team-a", "pod-gone-2", there("gone"))
    world.pod("team-a", "pod-loose", {**there("loose"), "k8s-secret-owner-ref": "false"})
    world.until("shared", "loose")
    world.api.delete("pods", "team-a", "pod-loose")
    world.api.delete("pods", "team-a", "pod-gone")
    time.sleep(3)
    assert world.secret("shared", "gone"), "one pod is left"
    world.api.patch("pods", "team-a", "pod-gone-2", {"status": {"phase": "Succeeded"}})
    wait(lambda: world.secret("shared", "gone") is None, what="deleted with its last pod")
    # While nobody leads, a pod goes.
    assert controller.end() == 0
    world.api.delete("pods", "team-a", "pod-left")
    Controller(world)
    wait(lambda: world.secret("shared", "left") is None, what="deleted by the next leader")
    time.sleep(1)
    assert world.secret("shared", "kept") and world.secret("shared", "loose")
    assert not [r for r in world.api.requests if r["code"] == 403]
    used = {(r["namespace"], r["verb"]) for r in world.api.requests if r["resource"] == "secrets"}
    assert ("team-a", "delete") not in used and ("team-a", "list") not in used
    return "refused, written, kept, deleted"


def silence(world):
    """dryRun and denied pods leave no trace; a value is in no log, Event or metric."""
    controller = Controller(world)
    wait(lambda: world.holder() == controller.identity)
    time.sleep(0.5)
    begin = len(world.api.requests)
    world.pod("app", "dry", as_secret(secret="db", **{"k8s-secret-name": "dry"}), dry_run=True)
    denied(lambda: world.pod("elsewhere", "denied", as_secret(secret="db")))
    denied(lambda: world.pod("app", "denied", as_secret(secret="db", **{"k8s-secret-mode": "replace"})))
    # Never admitted, or asking for nothing, or finished.
    bare = {"inject": "true", "ksm-config": "keeper", "secret": "db", "inject-as-k8s-secret": "true"}
    for name, more, phase in [("unseen", {}, "Running"), ("done", {"injected": "true"}, "Succeeded"),
                              ("failed", {"injected": "true"}, "Failed"),
                              ("off", {"injected": "true", "inject": "false"}, "Running")]:
        world.api.create("pods", "app", {
            "metadata": {"name": name, "annotations": {f"keeper.security/{k}": v for k, v in {**bare, **more}.items()}},
            "spec": {"containers": [{"name": "app"}]}, "status": {"phase": phase}})
    time.sleep(2)
    seen = {(r["verb"], r["resource"]) for r in world.api.requests[begin:]}
    assert seen <= {("patch", "leases"), ("watch", "pods")}, seen
    assert not world.events("app") and world.fetches() == 0
    assert not world.api.all("secrets", "elsewhere") and not world.secret("app", "db")
    # Then all that speaks, good and bad.
    world.pod("app", "good", as_secret(secret="db"))
    world.pod("app", "bad", as_secret(secret="db", **{"k8s-secret-type": "kubernetes.io/tls", "k8s-secret-name": "b"}))
    world.pod("app", "folder", config("folders:", "- path: Team", "  injectAsK8sSecret: true"))
    world.configure("app", "broken")
    world.api.patch("secrets", "app", "broken", {"data": {"config": base64.b64encode(b'{"clientId":"value-x"').decode()}})
    world.pod("app", "broken", as_secret(secret="db", **{"ksm-config": "broken", "k8s-secret-name": "x"}))
    world.pod("app", "missing", as_secret(secret="db", **{"ksm-config": "missing", "k8s-secret-name": "y"}))
    world.until("app", "db", DB)
    world.event("app", "bad", "KeeperSecretFailed")
    world.event("app", "broken", "KeeperSecretFailed", "is not JSON")
    world.event("app", "missing", "KeeperSecretFailed", "app/missing cannot be read: it does not exist")
    # The API server's own words may quote what it refuses.
    world.api.fault(422, verb="patch", resource="secrets")
    world.change("db", "password", "value-db-3")
    world.pod("app", "good-2", as_secret(secret="db", **{"strict-lookup": "true"}))
    time.sleep(2)
    metrics = controller.metrics()
    controller.end()
    world.api.lock.acquire()
    told = json.dumps([o for (r, _, _), o in world.api.objects.items() if r == "events"])
    annotations = json.dumps([o["metadata"] for o in world.api.objects.values()])
    world.api.lock.release()
    secrets = re.findall(r"value-[a-z0-9-]+", VAULT) + ["value-db-3", "value-x"]
    document = json.loads(world.ksm)
    secrets += [document["privateKey"][60:90], document["appKey"][:20], "token-0"]
    for secret in secrets:
        for form in {secret, base64.b64encode(secret.encode()).decode()[: len(secret)]}:
            for place, text in (("log", controller.text), ("event", told), ("metric", metrics), ("mark", annotations)):
                assert form not in text, f"{secret} is in a {place}"
    assert "keeper_controller_leader 1" in metrics
    return f"{len(secrets)} values looked for"


def trouble(world):
    """Watches that end, break, stall and are too old; busy servers; a token that is replaced; a missing right."""
    api = world.api
    api.rules.bindings["locked"] = []
    controller = Controller(world)
    asks = lambda name: as_secret(secret="other", **{"k8s-secret-name": name})
    written = lambda name: world.until("app", name, {"login": "other", "password": "value-other-1"})
    # Lists in pages: the pods before it began.
    for index in range(600):
        api.create("pods", "app", {"metadata": {"name": f"idle-{index}"}, "spec": {"containers": []}})
    world.pod("app", "first", asks("first"))
    written("first")
    assert len([r for r in api.requests if r["verb"] == "list" and r["resource"] == "pods"
                and r["namespace"] == "app"]) >= 1
    # A namespace without rights disturbs nobody, and works once it has them.
    wait(lambda: controller.said("pods cannot be listed or watched"), what="the missing right is told")
    world.pod("locked", "early", asks("early"))
    api.rules.bindings["locked"] = ["keeper-injector-controller"]
    # Connections that end in the midst of a watch.
    for index in range(3):
        api.break_watches()
        world.pod("app", f"broken-{index}", asks(f"broken-{index}"))
        written(f"broken-{index}")
    # The server ends watches by itself all the time.
    api.watch_seconds = 1
    api.break_watches()
    time.sleep(2.5)
    world.pod("app", "short", asks("short"))
    written("short")
    api.watch_seconds = None
    # 410 Gone, while the watch runs and when it begins; a pod went meanwhile.
    lists = lambda: [r for r in api.requests if r["verb"] == "list" and r["namespace"] == "app"]
    before = len(lists())
    with api.lock:
        api.compact()
    api.fault(410, verb="watch", namespace="app")
    wait(lambda: len(lists()) > before, what="listed anew")
    world.pod("app", "after-gone", asks("after-gone"))
    written("after-gone")
    # A page of a list that is too old.
    with api.lock:
        api.compact()
    api.fault(lambda api, _: api.snapshots.clear(), count=2, verb="list", namespace="app")
    world.pod("app", "after-page", asks("after-page"))
    written("after-page")
    # A watch that comes byte after byte, nearly.
    api.watch_pause = 0.4
    world.pod("app", "slow", asks("slow"))
    written("slow")
    api.watch_pause = 0
    # Busy, broken and conflicting writes.
    api.fault(429, count=2, verb="get", resource="secrets")
    api.fault(429, verb="create", resource="secrets")
    api.fault(500, count=2, verb="create", resource="secrets")
    api.fault("reset", verb="create", resource="secrets")
    api.fault(409, count=2, verb="create", resource="secrets")
    world.pod("app", "busy", asks("busy"))
    written("busy")
    # The token is replaced, as kubelet does: the old one ends.
    api.tokens.add("token-1")
    world.token.write_text("token-1\n")
    api.tokens.discard("token-0")
    world.pod("app", "token", asks("token"))
    written("token")
    world.until("locked", "early", limit=40)
    metrics = controller.metrics()
    assert 'keeper_controller_watch_restarts_total{reason="expired"}' in metrics, metrics
    assert len([r for r in api.requests if r["verb"] == "watch"]) < 200, "no busy loop"
    assert controller.end() == 0 and world.holder() == "", "the lease is given back"
    return f"{len(api.requests)} requests"


def splitbrain(world):
    """A leader that was stopped and wakes up overwrites nothing: neither what it is about to send, nor what is
    under way already."""
    api = world.api
    old = Controller(world)
    wait(lambda: world.holder() == old.identity, what="a leader")
    new = Controller(world)
    asks = lambda name: as_secret(secret="db", **{"k8s-secret-name": name, "refresh-interval": "10s"})
    for name in ("sent", "pending"):
        world.pod("app", f"pod-{name}", asks(name))
        world.until("app", name, DB)
    # The next refresh has a change to write. Of one Secret the answer to the read is held back, so that the write
    # is still to come; of the other the write itself.
    reading = api.fault("hold", verb="get", resource="secrets", name="pending")
    writing = api.fault("hold", verb="patch", resource="secrets", name="sent")
    world.change("db", "password", "value-stale")
    assert reading["hit"].wait(30) and writing["hit"].wait(30), "the old leader is about to write"
    old.send(signal.SIGSTOP)
    world.change("db", "password", "value-new")
    wait(lambda: world.holder() == new.identity, 15, "the new leader")
    for name in ("sent", "pending"):
        world.until("app", name, {**DB, "password": "value-new"})
    mark = len(api.requests)
    counts = {n: len(api.history["app", n]) for n in ("sent", "pending")}
    reading["go"].set()
    writing["go"].set()
    time.sleep(0.5)
    old.send(signal.SIGCONT)
    wait(lambda: old.said("no longer leading"), what="the old leader sees that it is none")
    time.sleep(3)
    conflicts = [r for r in api.requests if r["resource"] == "secrets" and r["verb"] == "patch" and r["code"] == 409]
    assert len(conflicts) == 1 and conflicts[0]["name"] == "sent", conflicts
    for name in ("sent", "pending"):
        assert len(api.history["app", name]) == counts[name], f"{name} was written again"
        values = [base64.b64decode(b["data"]["password"]).decode() for _, b in api.history["app", name]]
        assert "value-stale" not in values and values[-1] == "value-new", values
    assert world.holder() == new.identity
    # The same where nothing has changed for the new leader to write: its term alone is a new version.
    assert len({api.get("secrets", "app", n)["metadata"]["annotations"]["keeper.security/k8s-secret-term"]
                for n in counts}) == 1
    # One that cannot renew gives up before the others may begin.
    api.fault(500, count=1000, verb="patch", resource="leases")
    wait(lambda: new.said("no longer leading"), 15, "the leader gives up")
    assert new.metric("keeper_controller_leader") == 0
    api.faults.clear()
    wait(lambda: world.holder() and (old.metric("keeper_controller_leader") + new.metric("keeper_controller_leader")) == 1,
         15, "somebody leads again")
    return f"{len(api.requests) - mark} requests after the awakening, no write of the old leader's"


def rbac(world):
    """The rules file is exactly what is used, in both directions."""
    import yaml
    controller = Controller(world)
    web = world.owned("deployments", "app", "web")
    rs = world.owned("replicasets", "app", "web-1", web)
    job = world.owned("jobs", "app", "job")
    world.pod("app", "one", as_secret(secret="other", **{"k8s-secret-name": "one"}), rs)
    world.pod("app", "two", as_secret(secret="db", **{"k8s-secret-name": "two"}), job)
    there = as_secret(secret="other", **{"k8s-secret-name": "there", "k8s-secret-namespace": "shared"})
    world.pod("app", "three", there)
    for place, name in (("app", "one"), ("app", "two"), ("shared", "there")):
        world.until(place, name)
    world.event("app", "three", "KeeperSecretWritten")
    world.change("other", "password", "value-other-2")
    world.pod("app", "four", {**there, "strict-lookup": "true"})
    world.pod("app", "five", as_secret(secret="other", **{"k8s-secret-name": "one", "strict-lookup": "true"}))
    world.until("shared", "there", {"login": "other", "password": "value-other-2"})
    world.until("app", "one", {"login": "other", "password": "value-other-2"})
    for pod in ("three", "four"):
        world.api.delete("pods", "app", pod)
    wait(lambda: world.secret("shared", "there") is None, what="deleted")
    wait(lambda: [r for r in world.api.requests if r["verb"] == "patch" and r["resource"] == "leases"])
    controller.end()
    assert not [r for r in world.api.requests if r["code"] == 403]
    used, granted = set(), set()
    for request in world.api.requests:
        used.add((request["namespace"], request["verb"], request["group"], request["resource"]))
    roles = {"keeper-injector-controller-lease": "keeper-injector", "keeper-injector-controller": "app",
             "keeper-injector-controller-target": "shared"}
    documents = [d for d in yaml.safe_load_all(open(RULES)) if d]
    assert {d["metadata"]["name"] for d in documents if d["kind"] in ("Role", "ClusterRole")} == set(roles)
    assert not [d for d in documents if d["kind"] == "ClusterRoleBinding"]
    for document in documents:
        for rule in document.get("rules", []):
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    for verb in rule["verbs"]:
                        assert "*" not in (group, resource, verb)
                        granted.add((roles[document["metadata"]["name"]], verb, group, resource))
    assert used == granted, f"not granted: {used - granted}; not used: {granted - used}"
    return f"{len(granted)} rights, all used, no other"


def scale(world):
    """1,000 pods of 20 namespaces, 100 Secrets, two replicas, a server in trouble, somebody who writes too."""
    api = world.api
    begin = time.monotonic()
    for namespace in world.namespaces:
        api.create("secrets", namespace, {"metadata": {"name": "s-0"}, "data": {"n": base64.b64encode(b"0").decode()}})
    for index in range(1000):
        namespace = world.namespaces[index % 20]
        target = index // 20 % 5
        world.pod(namespace, f"pod-{index}", as_secret(secret="db", **{
            "k8s-secret-name": f"s-{target}", "k8s-secret-mode": "merge" if target == 0 else "overwrite",
            "refresh-interval": "10s"}))
    admitted = time.monotonic() - begin
    # Somebody counts in each merged Secret, with the API's own locking, and loses nothing.
    stop, counts = threading.Event(), dict.fromkeys(world.namespaces, 0)

    def disturb():
        while not stop.is_set():
            namespace = random.choice(world.namespaces)
            found = api.get("secrets", namespace, "s-0")
            number = int(base64.b64decode(found["data"]["n"])) + 1
            try:
                api.patch("secrets", namespace, "s-0", {
                    "metadata": {"resourceVersion": found["metadata"]["resourceVersion"]},
                    "data": {"n": base64.b64encode(str(number).encode()).decode()}})
                counts[namespace] += 1
            except Exception:
                pass
            time.sleep(0.005)

    # A write of somebody's between each read and write of ours, a number of times: a conflict for certain.
    def ahead(api, request):
        found = api.get("secrets", request["namespace"], "s-0")
        if found:
            number = int(base64.b64decode(found["data"]["n"])) + 1
            api.patch("secrets", request["namespace"], "s-0", {
                "data": {"n": base64.b64encode(str(number).encode()).decode()}})
            counts[request["namespace"]] += 1

    api.fault(ahead, count=60, verb="patch", resource="secrets", name="s-0")
    api.fault(429, count=10, verb="get", resource="secrets")
    api.fault(500, count=10, verb={"create"}, resource="secrets")
    api.fault("reset", count=5, verb="patch", resource="secrets")
    thread = threading.Thread(target=disturb)
    thread.start()
    first, second = Controller(world), Controller(world)
    try:
        def complete(password):
            for namespace in world.namespaces:
                for target in range(5):
                    found = world.secret(namespace, f"s-{target}") or {}
                    found.pop("n", None) if target == 0 else None
                    if found != {**DB, "password": password}:
                        return False
            return True

        start = time.monotonic()
        wait(lambda: complete("value-db-1"), 60, "100 Secrets", 0.3)
        took = time.monotonic() - start
        leader, other = (first, second) if world.holder() == first.identity else (second, first)
        assert leader.metric("keeper_controller_pods") == 1000
        assert leader.metric("keeper_controller_leader") == 1 and other.metric("keeper_controller_leader") == 0
        assert not other.said("secret created")
        conflicts = leader.metric("keeper_controller_conflicts_total")
        assert conflicts >= 20, conflicts
        calls = world.fetches()
        assert calls <= 80, f"{calls} calls of Keeper for 20 configurations"
        # The leader is killed: no time to say good-bye. The other takes over within the lease.
        leader.send(signal.SIGKILL)
        killed = time.monotonic()
        world.change("db", "password", "value-db-2")
        wait(lambda: world.holder() == other.identity, 15, "the other leads")
        takeover = time.monotonic() - killed
        wait(lambda: complete("value-db-2"), 60, "the rotation by the new leader", 0.3)
    finally:
        stop.set()
        thread.join()
    for namespace in world.namespaces:
        number = int(world.secret(namespace, "s-0")["n"])
        assert number == counts[namespace], f"{namespace}: a change was lost: {number}, {counts[namespace]} made"
    assert not [r for r in api.requests if r["code"] == 403]
    return (f"admitted in {admitted:.1f} s, 100 Secrets {took:.1f} s after the start, {calls} calls of Keeper, "
            f"{conflicts:.0f} conflicts, {sum(counts.values())} changes of somebody's none lost, "
            f"taken over after {takeover:.1f} s")


WORLDS = {
    "remote": (["team-b"], ["team-a:shared"]),
    "rbac": (["app"], ["app:shared"]),
    "trouble": (["app", "locked"], []),
    "scale": ([f"team-{n}" for n in range(20)], []),
}

if __name__ == "__main__":
    check = sys.argv[1]
    namespaces, pairs = WORLDS.get(check, (["app"], []))
    started = time.monotonic()
    world = World(VAULT, namespaces, pairs)
    try:
        result = globals()[check](world)
        print(f"{check}: {result} ({time.monotonic() - started:.1f} s)")
    except Exception:
        for process in world.running[2:]:
            print(process.log.name, *process.text.splitlines()[-25:], sep="\n", file=sys.stderr)
        raise
    finally:
        world.close()
