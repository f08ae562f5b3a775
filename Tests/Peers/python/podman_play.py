"""A pod injected by `keeper-injector inject` runs under podman: init writes, the app reads, the sidecar rotates.

Usage: podman_play.py DIRECTORY-OF-EXECUTABLES. Exit code 77: podman cannot run containers on this machine.
"""
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

from podman_machine import Podman, perform

USER = 1234
OLD, NEW = "hunter2-but-longer", "rotated-value-0f3a"
RECORD, FIELD = "Web shop login", "password"
AGENT, APP = "localhost/keeper-injector-agent:peer", "localhost/app:peer"
SEEN = "echo seen by $0: $(cat /keeper/secrets/web-shop-login.json /app/config/password)"

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "web",
        "annotations": {
            "keeper.security/inject": "true",
            "keeper.security/ksm-config": "keeper-credentials",
            "keeper.security/ca-cert-configmap": "emulator-ca",
            "keeper.security/secret": RECORD,
            "keeper.security/secret-pw": f"{RECORD}[{FIELD}]:/app/config/password",
            "keeper.security/refresh-interval": "10s",
        },
    },
    "spec": {
        "hostNetwork": True,
        "restartPolicy": "Never",
        "securityContext": {"runAsUser": USER, "runAsGroup": USER, "runAsNonRoot": True},
        "initContainers": [{"name": "migrate", "image": APP, "command": ["/bin/sh", "-c", SEEN, "migrate"]}],
        "containers": [
            {
                "name": "app",
                "image": APP,
                "command": ["/bin/sh", "-c", f"trap 'exit 0' TERM; while :; do {SEEN}; sleep 1; done", "app"],
                # podman does not take the pod's user for its containers.
                "securityContext": {"runAsUser": USER, "runAsGroup": USER},
            }
        ],
    },
}
POD["spec"]["initContainers"][0]["securityContext"] = POD["spec"]["containers"][0]["securityContext"]


def documents(work):
    with open(f"{work}/ksm.json", "rb") as file:
        configuration = base64.b64encode(file.read()).decode()
    with open(f"{work}/ca.pem", encoding="utf-8") as file:
        authority = file.read()
    # podman 4.3 does not decode `data`: the agent finds base64, which is the other form that it takes.
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keeper-credentials"}, "data": {"config": configuration}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "emulator-ca"}, "data": {"ca.crt": authority}}]


def for_podman(pod, memory):
    """Says the same in the words of podman 4.3, which differs from a kubelet in this, and in no more:

    - `emptyDir` of medium Memory is a directory on disk, and is empty again for each container: so it becomes
      a directory of a memory file system, with mode 0777 as kubelet's.
    - `subPath` is not heeded: so the sub-directory is a volume of its own. It must be there before the start,
      hence it is made here, as the agent's user would.
    - an absent `optional` of a volume from a Secret or ConfigMap makes it crash.
    - an init container is removed with its log, unless an annotation says otherwise.
    - a probe needs systemd.
    """
    spec = pod["spec"]
    pod["metadata"]["annotations"]["io.podman.annotations.init.container.type"] = "always"
    places = {}
    for volume in spec["volumes"]:
        if volume.pop("emptyDir", None) is not None:
            places[volume["name"]] = place = os.path.join(memory, volume["name"])
            os.mkdir(place)
            os.chmod(place, 0o777)
            volume["hostPath"] = {"path": place, "type": "Directory"}
        for kind in ("secret", "configMap"):
            if kind in volume:
                volume[kind]["optional"] = False
    agent = next(c for c in spec["containers"] if c["name"] == "keeper-secrets-sidecar")
    user = agent["securityContext"]
    parts = {}
    for container in spec["initContainers"] + spec["containers"]:
        container.pop("livenessProbe", None)
        for mount in container["volumeMounts"]:
            path = mount.pop("subPath", None)
            if path is None:
                continue
            whole, name = mount["name"], f"{mount['name']}-{path.replace('/', '-')}"
            if name not in parts:
                parts[name] = place = os.path.join(places[whole], path)
                os.makedirs(place)
                os.chown(place, user["runAsUser"], user.get("runAsGroup", -1))
                spec["volumes"].append({"name": name, "hostPath": {"path": place, "type": "Directory"}})
            mount["name"] = name
    return pod


def start_emulator(executables, work, cleanup):
    emulator = subprocess.Popen(
        [f"{executables}/keeper-emulator", "--config-out", f"{work}/ksm.json", "--ca-out", f"{work}/ca.pem"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    cleanup.callback(emulator.wait)
    cleanup.callback(emulator.terminate)
    ready = emulator.stdout.readline()
    return re.search(r"page=(\d+)", ready).group(1)


def edit(page, uid, value):
    request = urllib.request.Request(
        f"http://127.0.0.1:{page}/api/records/{uid}/fields/{FIELD}", json.dumps({"value": value}).encode(),
        {"Content-Type": "application/json"}, method="PUT")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        answer.read()


def wait_for(what, condition, report, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"in {seconds} s not seen: {what}\n{report()}")
        time.sleep(0.5)


def must(condition, what):
    if not condition:
        raise AssertionError(what)


def play(executables, cleanup):
    # Values and the configuration stay in memory, as in a pod.
    work = tempfile.mkdtemp(prefix="keeper-podman-", dir="/dev/shm")
    cleanup.callback(shutil.rmtree, work, ignore_errors=True)
    os.chmod(work, 0o711)
    podman = Podman()
    cleanup.callback(podman.remove)
    podman.image(APP, {"/bin/busybox": "/usr/bin/busybox"}, links={
        f"/bin/{applet}": "busybox" for applet in ("sh", "cat", "sleep", "stat", "id", "touch", "ls")})
    podman.require_containers(APP)
    podman.image(AGENT, {
        "/usr/local/bin/keeper-injector-agent": f"{executables}/keeper-injector-agent",
        "/etc/ssl/certs/ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt"})

    page = start_emulator(executables, work, cleanup)
    tool = [f"{executables}/keeper-injector"]
    listed = json.loads(subprocess.check_output(
        tool + ["list", "--output", "json", "--ksm-config", f"{work}/ksm.json", "--ca-cert", f"{work}/ca.pem"]))
    uid = next(record["uid"] for record in listed if record["title"] == RECORD)

    with open(f"{work}/app.yaml", "w", encoding="utf-8") as file:
        yaml.safe_dump(POD, file)
    injected = yaml.safe_load(subprocess.check_output(
        tool + ["inject", "-f", f"{work}/app.yaml", "--native-sidecars", "false", "--agent-image", AGENT]))
    must([c["name"] for c in injected["spec"]["initContainers"]] == ["keeper-secrets-init", "migrate"], "our init first")
    must([c["name"] for c in injected["spec"]["containers"]] == ["app", "keeper-secrets-sidecar"], "a sidecar")
    played = for_podman(injected, work)
    with open(f"{work}/played.yaml", "w", encoding="utf-8") as file:
        yaml.safe_dump_all(documents(work) + [played], file)

    names = [f"web-{c}" for c in ("keeper-secrets-init", "migrate", "app", "keeper-secrets-sidecar")]
    init, migrate, app, sidecar = names

    def report():
        return "\n".join(f"--- {name}\n{podman.log(name)[-3000:]}" for name in names)

    cleanup.callback(podman.run, "kube", "down", f"{work}/played.yaml", check=False)
    started = podman.run("kube", "play", f"{work}/played.yaml", check=False)
    must(started.returncode == 0, f"podman kube play: {started.stderr}\n{report()}")

    wait_for("the old value", lambda: podman.log(app).count(OLD) >= 2, report)
    must(podman.log(migrate).count(OLD) == 2, f"the user's init container did not read both files\n{report()}")
    must(podman.run("exec", app, "/bin/id", "-u").stdout.strip() == str(USER), "the app has another user")
    for path in ("/keeper/secrets/..data/web-shop-login.json", "/app/config/..data/password"):
        found = podman.run("exec", app, "/bin/stat", "-c", "%u %a", path).stdout.strip()
        must(found == f"{USER} 600", f"{path}: owner and mode are {found}")
    touched = podman.run("exec", app, "/bin/touch", "/keeper/secrets/mine", check=False)
    must(touched.returncode != 0 and "ead-only" in touched.stderr, "the app can write among the secrets")
    mounts = podman.run("exec", app, "/bin/cat", "/proc/mounts").stdout
    for path in ("/keeper/secrets", "/app/config"):
        must(re.search(rf"^\S+ {path} tmpfs ", mounts, re.M), f"{path} is not in memory:\n{mounts}")
    health = podman.run("exec", sidecar, "/usr/local/bin/keeper-injector-agent", "health", check=False)
    must(health.returncode == 0, f"health: {health.returncode} {health.stderr}")

    edit(page, uid, NEW)
    wait_for("the new value", lambda: podman.log(app).count(NEW) >= 2, report)
    mixed = [line for line in podman.log(app).splitlines() if "seen by" in line and OLD in line and NEW in line]
    # Two directories are swapped one after the other: a single line may see both values.
    must(len(mixed) <= 1, f"both values in {len(mixed)} lines")

    with open(f"{work}/ksm.json", encoding="utf-8") as file:
        secrets = [OLD, NEW, json.load(file)["privateKey"]]
    seen = {name: podman.run("inspect", name).stdout for name in names}
    seen["the pod"] = podman.run("pod", "inspect", "web").stdout
    seen |= {f"log of {name}": podman.log(name) for name in (init, sidecar)}
    must(all(seen.values()), f"nothing to look at: {[n for n in seen if not seen[n]]}")
    for name, text in seen.items():
        must(not any(value in text for value in secrets), f"a secret in what podman tells of {name}")

    podman.run("stop", "--time", "10", sidecar)
    code = json.loads(podman.run("inspect", sidecar).stdout)[0]["State"]["ExitCode"]
    must(code == 0, f"the sidecar ended with {code}\n{report()}")
    print("played: init wrote, migrate and app read, the sidecar rotated and ended with 0")


if __name__ == "__main__":
    sys.exit(perform(play))
