"""A pod with `backend: fuse` as three containers: the privileged holder, the server with nothing, an app.

podman 4.3 knows neither native sidecars nor mount propagation in YAML, so what `inject` prints is run container
by container, with the security context, arguments, environment and propagation that it says.

Usage: podman_fuse.py DIRECTORY-OF-EXECUTABLES. Exit code 77: podman cannot run containers on this machine.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

from podman_machine import Podman, perform
from podman_play import AGENT, APP, FIELD, NEW, OLD, POD, RECORD, USER, edit, must, start_emulator, wait_for

PROPAGATION = {"Bidirectional": "rshared", "HostToContainer": "rslave", None: "rprivate"}


def arguments(container, places, image):
    """`podman run` of a container as the manifest has it."""
    security = container["securityContext"]
    given = ["run", "--detach", "--name", container["name"], "--network", "host", "--read-only"]
    if security.get("privileged"):
        given += ["--privileged", "--user", "0"]
    else:
        given += ["--user", f"{security['runAsUser']}:{security.get('runAsGroup', security['runAsUser'])}"]
        given += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    for mount in container["volumeMounts"]:
        place = places[mount["name"]]
        if "subPath" in mount:
            place = os.path.join(place, mount["subPath"])
            os.makedirs(place, exist_ok=True)
        options = [PROPAGATION[mount.get("mountPropagation")]] + (["ro"] if mount.get("readOnly") else [])
        given += ["--volume", f"{place}:{mount['mountPath']}:{','.join(options)}"]
    for variable in container.get("env", []):
        given += ["--env", f"{variable['name']}={variable['value']}"]
    command = container.get("command", []) + container.get("args", [])
    return given + ["--entrypoint", json.dumps(command[:1]), image] + command[1:]


def play(executables, cleanup):
    work = tempfile.mkdtemp(prefix="keeper-podman-", dir="/dev/shm")
    cleanup.callback(shutil.rmtree, work, ignore_errors=True)
    # As kubelet's directory of volumes: what is mounted below it goes from container to container.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", work], check=True)
    subprocess.run(["mount", "--make-shared", work], check=True)
    cleanup.callback(subprocess.run, ["umount", "-R", "-l", work], check=False)
    os.chmod(work, 0o711)
    podman = Podman()
    cleanup.callback(podman.remove)
    podman.image(APP, {"/bin/busybox": "/usr/bin/busybox"}, links={
        f"/bin/{applet}": "busybox" for applet in ("sh", "cat", "sleep", "stat", "id", "ls", "mount")})
    podman.require_containers(APP)
    podman.image(AGENT, {
        "/usr/local/bin/keeper-injector-agent": f"{executables}/keeper-injector-agent",
        "/usr/local/bin/keeper-injector-mount": f"{executables}/keeper-injector-mount",
        "/etc/ssl/certs/ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt"})
    page = start_emulator(executables, work, cleanup)
    tool = [f"{executables}/keeper-injector"]
    listed = json.loads(subprocess.check_output(
        tool + ["list", "--output", "json", "--ksm-config", f"{work}/ksm.json", "--ca-cert", f"{work}/ca.pem"]))
    uid = next(record["uid"] for record in listed if record["title"] == RECORD)

    pod = json.loads(json.dumps(POD))
    pod["metadata"]["annotations"]["keeper.security/backend"] = "fuse"
    with open(f"{work}/app.yaml", "w", encoding="utf-8") as file:
        yaml.safe_dump(pod, file)
    injected = yaml.safe_load(subprocess.check_output(
        tool + ["inject", "-f", f"{work}/app.yaml", "--fuse-namespaces", "*", "--agent-image", AGENT,
                "--fuse-grace", "2s"]))
    spec = injected["spec"]
    holder, server, migrate = spec["initContainers"]
    app = spec["containers"][0]
    must([holder["name"], server["name"]] == ["keeper-secrets-mount", "keeper-secrets-sidecar"], "two native sidecars")
    must(holder["restartPolicy"] == server["restartPolicy"] == "Always", "native sidecars")

    places = {}
    for volume in spec["volumes"]:
        places[volume["name"]] = place = f"{work}/{volume['name']}"
        os.mkdir(place)
        os.chmod(place, 0o777)
        if volume.get("emptyDir", {}).get("medium") == "Memory":
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=777", "tmpfs", place], check=True)
    shutil.copy(f"{work}/ksm.json", places["keeper-auth"] + "/config")
    shutil.copy(f"{work}/ca.pem", places["keeper-ca-cert"] + "/ca.crt")
    for name in ("keeper-auth/config", "keeper-ca-cert/ca.crt"):
        os.chmod(f"{work}/{name}", 0o444)

    names = [holder["name"], server["name"], app["name"]]

    def report():
        return "\n".join(f"--- {name}\n{podman.log(name)[-3000:]}" for name in names)

    def probe(container):
        command = container["startupProbe"]["exec"]["command"]
        return podman.run("exec", container["name"], *command, check=False).returncode == 0

    podman.run(*arguments(holder, places, AGENT))
    podman.run(*arguments(server, places, AGENT))
    wait_for("the startup probe", lambda: probe(server), report)
    podman.run(*arguments(app, places, APP))
    wait_for("the old value", lambda: podman.log(app["name"]).count(OLD) >= 2, report)

    def inside(*command):
        return podman.run("exec", app["name"], *command, check=False).stdout.strip()

    for path in ("/keeper/secrets/web-shop-login.json", "/app/config/password"):
        must(inside("/bin/stat", "-L", "-c", "%u %a", path) == f"{USER} 600", f"{path}: owner and mode")
    must("fuse.keeper-injector" in inside("/bin/cat", "/proc/mounts"), "the mount is not seen as ours")
    stranger = podman.run("exec", "--user", "4000", app["name"], "/bin/cat", "/app/config/password", check=False)
    must(stranger.returncode != 0 and OLD not in stranger.stdout, "another uid reads the secret")

    # The server has no right but to serve.
    process = json.loads(podman.run("inspect", server["name"]).stdout)[0]["State"]["Pid"]
    with open(f"/proc/{process}/status", encoding="utf-8") as file:
        status = dict(line.strip().split(":\t", 1) for line in file if ":\t" in line)
    must(int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, f"capabilities: {status['CapEff']}")
    must(status["NoNewPrivs"] == "1", "new privileges are possible")
    must(status["Seccomp"] == "2", "no seccomp filter")
    trial = podman.run(
        "run", "--rm", "--user", str(USER), "--cap-drop", "ALL", "--security-opt", "no-new-privileges", APP, "/bin/mount",
        "-t", "tmpfs", "tmpfs", "/bin", check=False)
    must(trial.returncode != 0, "the profile allows mount")

    edit(page, uid, NEW)
    wait_for("the new value", lambda: podman.log(app["name"]).count(NEW) >= 2, report)

    # kubelet restarts a sidecar that was killed.
    podman.run("kill", "--signal", "KILL", server["name"])
    must(NEW in inside("/bin/cat", "/app/config/password"), "a cached value is gone with the server")
    podman.run("start", server["name"])
    wait_for("the server to take over", lambda: "took the mount over" in podman.log(server["name"]), report)
    must(NEW in inside("/bin/cat", "/app/config/password"), "no value after the restart")

    podman.run("kill", "--signal", "KILL", holder["name"])
    podman.run("start", holder["name"])
    wait_for("the new mount in the app that runs", lambda: NEW in inside("/bin/cat", "/app/config/password"), report)

    with open(f"{work}/ksm.json", encoding="utf-8") as file:
        secrets = [OLD, NEW, json.load(file)["privateKey"]]
    seen = {name: podman.run("inspect", name).stdout for name in names}
    seen |= {f"log of {name}": podman.log(name) for name in names[:2]}
    for name, text in seen.items():
        must(text and not any(value in text for value in secrets), f"a secret in what podman tells of {name}")

    for name in reversed(names):
        podman.run("stop", "--time", "10", name)
        code = json.loads(podman.run("inspect", name).stdout)[0]["State"]["ExitCode"]
        must(code == 0, f"{name} ended with {code}\n{report()}")
    with open("/proc/self/mounts", encoding="utf-8") as file:
        must(f"{work}/keeper-secrets/..fuse" not in file.read(), "the mount is left")
    print("played: holder, server and app; rotation, a killed server, a killed holder, a clean end")


if __name__ == "__main__":
    sys.exit(perform(play))
