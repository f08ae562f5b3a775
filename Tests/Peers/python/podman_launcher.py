"""An injected pod whose containers get environment variables: images from scratch, with musl's layout (busybox
alone) and like Debian's (dash, coreutils, C library). `inject` prints it, podman runs it container by container.

Usage: podman_launcher.py DIRECTORY-OF-EXECUTABLES STATIC-LAUNCHER. Exit code 77: podman cannot run containers here.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import yaml

from podman_fuse import PROPAGATION
from podman_machine import Podman, perform
from podman_play import AGENT, OLD, RECORD, USER, must, start_emulator, wait_for

SCRATCH, ALPINE, DEBIAN = "localhost/scratch:peer", "localhost/alpine-like:peer", "localhost/debian-like:peer"
# The only file of a scratch image: prints what it is given, waits for SIGTERM when told to.
PROGRAM = r"""
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
/* Starts itself by the launcher for each exit code, in this very image; the number of wrong ones. */
static int codes(void) {
    int wrong = 0;
    for (int code = 0; code < 256; code++) {
        char text[8];
        snprintf(text, sizeof text, "%d", code);
        pid_t child = fork();
        if (child == 0) {
            execl("/keeper/launcher/keeper-injector-exec", "keeper-injector-exec", "/keeper/env/environment", "--",
                  "./app", "exit", text, (char *)0);
            _exit(254);
        }
        int status;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != code) wrong++;
    }
    printf("wrong=%d\n", wrong);
    return wrong > 0;
}
static volatile sig_atomic_t told;
static void tell(int number) { told = number; }
int main(int argc, char **argv, char **env) {
    if (argc > 2 && !strcmp(argv[1], "exit")) return atoi(argv[2]);
    if (argc > 1 && !strcmp(argv[1], "codes")) return codes();
    char cwd[4096];
    printf("pid=%d cwd=%s words=%d last=%s\n", getpid(), getcwd(cwd, sizeof cwd), argc, argv[argc - 1]);
    for (; *env; env++) puts(*env);
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "wait")) {
        signal(SIGTERM, tell);
        while (!told) pause();
        return 43;
    }
    return 0;
}
"""
SHELL = ["sh", "-c", "echo pid=$$ cwd=$PWD; env; trap 'exit 43' TERM; while :; do sleep 0.1; done"]


def container(name, image, command, args):
    # podman, as a kubelet would: one uid for all.
    return {"name": name, "image": image, "command": command, "args": args, "workingDir": "/work",
            "env": [{"name": "OWN", "value": "own"}, {"name": "WEB_LOGIN", "value": "the container's"}]}


POD = {
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {
        "name": "web",
        "annotations": {
            "keeper.security/inject": "true", "keeper.security/ksm-config": "keeper-credentials",
            "keeper.security/ca-cert-configmap": "emulator-ca", "keeper.security/secret": RECORD,
            "keeper.security/inject-env-vars": "true", "keeper.security/env-prefix": "WEB_"}},
    "spec": {
        "hostNetwork": True,
        "securityContext": {"runAsUser": USER, "runAsGroup": USER, "runAsNonRoot": True},
        "initContainers": [container("migrate", ALPINE, ["sh"], ["-c", "env"])],
        "containers": [
            container("bare", SCRATCH, ["./app"], ["wait", "$$(OWN)"]),
            container("alpine", ALPINE, SHELL, []),
            container("debian", DEBIAN, SHELL[:1], SHELL[1:])]},
}


class Pod:
    def __init__(self, podman, spec, places):
        self.podman, self.spec, self.places = podman, spec, places

    def arguments(self, container_, *words, name, detach=False, more=()):
        user = container_.get("securityContext", self.spec["securityContext"])
        given = ["run", "--name", name, "--network", "host", "--read-only", "--cap-drop", "ALL",
                 "--security-opt", "no-new-privileges", "--user", f"{user['runAsUser']}:{user['runAsGroup']}", *more]
        given += ["--detach"] if detach else []
        if "workingDir" in container_:
            given += ["--workdir", container_["workingDir"]]
        for mount in container_["volumeMounts"]:
            place = self.places[mount["name"]]
            if "subPath" in mount:
                place = os.path.join(place, mount["subPath"])
                # Kubelet would make it now, as root's: of what the app gets it must be there already.
                if container_["name"] == "keeper-secrets-init":
                    os.makedirs(place, exist_ok=True)
                must(os.path.isdir(place), f"init has not made {mount['subPath']}")
            options = [PROPAGATION[None]] + (["ro"] if mount.get("readOnly") else [])
            given += ["--volume", f"{place}:{mount['mountPath']}:{','.join(options)}"]
        for variable in container_.get("env", []):
            given += ["--env", f"{variable['name']}={variable['value']}"]
        command = container_["command"] + container_.get("args", [])
        if words:
            # The same container with another command, as its author could have written it.
            command = container_["command"][:3] + list(words)
        return given + ["--entrypoint", json.dumps(command[:1]), container_["image"]] + command[1:]

    def run(self, container_, *words, name="once", more=(), check=False):
        return self.podman.run(*self.arguments(container_, *words, name=name, more=("--rm", *more)), check=check)


def images(podman, executables, launcher, work):
    source, program = f"{work}/app.c", f"{work}/app"
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    subprocess.run(["gcc", "-static", "-O1", "-o", program, source], check=True)
    os.mkdir(f"{work}/empty")
    os.chmod(f"{work}/empty", 0o755)
    # Beside the program the directories that a read-only root must have to be mounted on.
    podman.image(SCRATCH, {"/work/app": program})
    applets = ("sh", "cat", "sleep", "env", "id", "ls", "stat")
    podman.image(ALPINE, {"/bin/busybox": "/usr/bin/busybox", "/work/app": program},
                 links={f"/bin/{applet}": "busybox" for applet in applets})
    podman.image(DEBIAN, {"/bin/sh": "/usr/bin/dash", "/work/app": program, **{
        f"/usr/bin/{tool}": f"/usr/bin/{tool}" for tool in ("env", "cat", "id", "ls", "stat")}, "/bin/sleep": "/usr/bin/sleep"})
    podman.require_containers(ALPINE)
    podman.image(AGENT, {
        "/usr/local/bin/keeper-injector-agent": f"{executables}/keeper-injector-agent",
        "/usr/local/bin/keeper-injector-exec": launcher,
        "/etc/ssl/certs/ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt"})


def check_environment(text, name):
    lines = text.splitlines()
    for line in (f"WEB_PASSWORD={OLD}", "OWN=own", "WEB_LOGIN=the container's"):
        must(line in lines, f"{name} has no {line.split('=')[0]}:\n{text}")
    # A warning on stderr says so.
    must("warning" in text and "WEB_LOGIN itself" in text, f"{name}: no warning\n{text}")


def check_app(pod, container_):
    podman, name = pod.podman, container_["name"]
    podman.run(*pod.arguments(container_, name=name, detach=True))
    wait_for("the app's output", lambda: "WEB_PASSWORD=" in podman.log(name), lambda: podman.log(name), 30)
    text = podman.log(name)
    check_environment(text, name)
    must("pid=1 cwd=/work" in text, f"{name} is not process 1 in its directory:\n{text}")
    told = podman.run("inspect", name).stdout
    must(OLD not in told, f"a value in what podman tells of {name}")
    process = json.loads(told)[0]["State"]["Pid"]
    with open(f"/proc/{process}/environ", "rb") as file:
        must(f"WEB_PASSWORD={OLD}".encode() in file.read(), "not in /proc/PID/environ")
    with open(f"/proc/{process}/cmdline", "rb") as file:
        words = file.read()
    must(OLD.encode() not in words and b"keeper" not in words, f"the arguments: {words}")
    with open(f"/proc/{process}/mountinfo", encoding="utf-8") as file:
        mounts = [line.split()[3:6] for line in file if " /keeper/" in line]
    must(sorted(m[1] for m in mounts) == ["/keeper/env", "/keeper/launcher"], f"{name} mounts {mounts}")
    must(all(m[2].startswith("ro") for m in mounts) and any(m[0].endswith(f"/env/{name}") for m in mounts), f"{mounts}")
    # A restart reads the file again.
    podman.run("restart", "--time", "5", name)
    wait_for("a second start", lambda: podman.log(name).count("WEB_PASSWORD=") == 2, lambda: podman.log(name), 30)
    podman.run("stop", "--time", "20", name)
    code = json.loads(podman.run("inspect", name).stdout)[0]["State"]["ExitCode"]
    must(code == 43, f"{name} did not get SIGTERM itself: {code}")
    all_codes = pod.run(container_, "./app", "codes")
    must(all_codes.returncode == 0 and "wrong=0" in all_codes.stdout, f"{name}: exit codes: {all_codes}")
    # And as podman itself sees them, of process 1.
    for number in (0, 1, 77, 125, 137, 255):
        got = pod.run(container_, "./app", "exit", str(number)).returncode
        must(got == number, f"{name}: {got} instead of exit code {number}")
    for words_, number, said in [(["/nonexistent"], 127, "is not found"), (["nothing"], 127, "not found in PATH"), (["/work"], 126, "cannot be executed")]:
        got = pod.run(container_, *words_)
        must(got.returncode == number and said in got.stderr and OLD not in got.stderr, f"{name} {words_}: {got}")


def play(executables, launcher, cleanup):
    work = tempfile.mkdtemp(prefix="keeper-podman-", dir="/dev/shm")
    cleanup.callback(shutil.rmtree, work, ignore_errors=True)
    os.chmod(work, 0o711)
    podman = Podman()
    cleanup.callback(podman.remove)
    images(podman, executables, launcher, work)
    start_emulator(executables, work, cleanup)
    with open(f"{work}/app.yaml", "w", encoding="utf-8") as file:
        yaml.safe_dump(POD, file)
    printed = subprocess.check_output(
        [f"{executables}/keeper-injector", "inject", "-f", f"{work}/app.yaml", "--agent-image", AGENT], text=True)
    must(OLD not in printed, "a value in the pod")
    spec = yaml.safe_load(printed)["spec"]
    must([c["name"] for c in spec["initContainers"]] == ["keeper-secrets-init", "migrate"], "init first, and no sidecar")
    must([v["name"] for v in spec["volumes"]] == ["keeper-run", "keeper-auth", "keeper-ca-cert"], "volumes")
    places = {}
    for volume in spec["volumes"]:
        places[volume["name"]] = place = f"{work}/{volume['name']}"
        os.mkdir(place)
        os.chmod(place, 0o777)
    shutil.copy(f"{work}/ksm.json", places["keeper-auth"] + "/config")
    shutil.copy(f"{work}/ca.pem", places["keeper-ca-cert"] + "/ca.crt")
    for name in ("keeper-auth/config", "keeper-ca-cert/ca.crt"):
        os.chmod(f"{work}/{name}", 0o444)
    pod = Pod(podman, spec, places)
    init, migrate = spec["initContainers"]
    ended = pod.run(init)
    must(ended.returncode == 0, f"init: {ended.stderr}")
    must(OLD not in ended.stderr + ended.stdout and "WEB_PASSWORD" in ended.stderr, "the log of init")
    run = places["keeper-run"]
    for path, mode in [("launcher/keeper-injector-exec", "555"), ("launcher", "755"), ("env/bare/environment", "600"), ("env/bare", "700")]:
        status = os.stat(f"{run}/{path}")
        must(f"{status.st_mode & 0o777:o}" == mode and status.st_uid == USER, f"{path}: {status}")
    for name in os.listdir(f"{run}/env"):
        must(os.listdir(f"{run}/env/{name}") == ["environment"], f"files of {name}")
    first = pod.run(migrate)
    must(first.returncode == 0, f"the user's init container: {first}")
    check_environment(first.stdout + first.stderr, "migrate")
    for container_ in spec["containers"]:
        check_app(pod, container_)
    bare, alpine = spec["containers"][0], spec["containers"][1]
    shown = pod.run(bare, "./app", "$(X)", "two words")
    must("pid=1 cwd=/work words=3 last=two words" in shown.stdout, f"words: {shown}")
    piped = subprocess.run(
        podman.command + pod.arguments(alpine, "cat", name="piped", more=("--rm", "--interactive")), input="x" * 300_000,
        env={**os.environ, "CONTAINERS_CONF": f"{podman.place}/containers.conf"}, capture_output=True, text=True, check=False)
    must(piped.stdout == "x" * 300_000, f"stdin: {len(piped.stdout)} {piped.stderr[:300]}")
    os.remove(f"{run}/env/bare/environment")
    lost = pod.run(bare)
    must(lost.returncode == 125 and "keeper-secrets-init" in lost.stderr, f"without the file: {lost}")
    print("played: variables in scratch, busybox and Debian-like images; pid 1, SIGTERM, exit codes, stdin, restart")


if __name__ == "__main__":
    sys.exit(perform(play))
