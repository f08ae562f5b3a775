"""Containers that share their processes: the app's main process gets one SIGHUP per change, and nobody else any.

What `inject` prints is run container by container (as in podman_fuse.py), in one pid namespace. Beside the marked
app run: what holds the namespace, an unmarked container, one that sees the marks at other places, as the node's
own processes do (kubelet's mounts of a `subPath`), and in the app's container a child, a child in a mount namespace
of its own, and a process started by `podman exec`, whose parent is outside the namespace like the main one's.
Each of them writes down every signal that it gets, from whom, and what it reads from the secret's file at that
moment.

Usage: podman_signal.py DIRECTORY-OF-EXECUTABLES. Exit code 77: podman cannot run containers on this machine.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

from podman_fuse import arguments
from podman_machine import NoContainers, Podman, perform
from podman_play import AGENT, APP, FIELD, OLD, RECORD, USER, edit, must, start_emulator, wait_for

STRANGER = USER + 1
CHANGES = 5
INTERVAL = 0.1
# Changes within a second are told together; a process that was hit in error would have been hit by then.
QUIET = 1.5

# Static, since the images hold nothing. Signals stay blocked and are taken one by one: none is missed, and none ends
# the process but SIGTERM, which podman sends at the end.
RECORDER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static void line(const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "/records/%s", name);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0 || write(file, text, strlen(text)) < 0) _exit(9);
    close(file);
}

static int record(const char *name) {
    char text[600], value[256];
    snprintf(text, sizeof text, "start %d\n", getpid());
    line(name, text);
    sigset_t all;
    sigfillset(&all);
    for (;;) {
        siginfo_t info;
        if (sigwaitinfo(&all, &info) < 0) continue;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        ssize_t count = 0;
        int file = open("/app/config/password", O_RDONLY);
        if (file >= 0 && (count = read(file, value, sizeof value - 1)) < 0) count = 0;
        if (file >= 0) close(file);
        value[count] = 0;
        snprintf(text, sizeof text, "signal %d %d %u %ld.%09ld %s\n", info.si_signo, info.si_pid, info.si_uid,
                 (long)now.tv_sec, now.tv_nsec, value);
        line(name, text);
        if (info.si_signo == SIGTERM) return 0;
    }
}

int main(int count, char **names) {
    // Children that end, and those that pid 1 inherits, are not what is counted here.
    signal(SIGCHLD, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (int i = 2; i < count; i++) {
        if (fork() != 0) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (strcmp(names[i], "apart") == 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
            line(names[i], "cannot unshare\n");
            return 0;
        }
        return record(names[i]);
    }
    return record(names[1]);
}
"""

USERS = {"app": USER, "other": USER, "node": USER, "stranger": STRANGER}


def pod():
    def container(name, *more):
        return {
            "name": name,
            "image": APP,
            "command": ["/bin/recorder", name, *more],
            "securityContext": {"runAsUser": USERS[name], "runAsGroup": USERS[name]},
            "volumeMounts": [{"name": "records", "mountPath": "/records"}]}

    node = container("node")
    # The whole volume, and a mark elsewhere: what a node's process sees of each pod.
    node["volumeMounts"] += [
        {"name": "keeper-run-of-the-node", "mountPath": "/var/lib/kubelet/run"},
        {"name": "keeper-run-of-the-node", "mountPath": "/var/lib/kubelet/subpath", "subPath": "signal/app"}]
    annotations = {
        "inject": "true", "ksm-config": "keeper-credentials", "ca-cert-configmap": "emulator-ca",
        "secret-pw": f"{RECORD}[{FIELD}]:/app/config/password", "refresh-interval": "10s", "run-as-user": str(USER),
        "run-as-group": str(USER), "containers": "app, other, stranger", "signal": "SIGHUP",
        "signal-containers": "app, stranger", "file-mode": "0444"}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "annotations": {f"keeper.security/{k}": v for k, v in annotations.items()}},
        "spec": {
            "volumes": [
                {"name": "records", "hostPath": {"path": "/records"}},
                {"name": "keeper-run-of-the-node", "hostPath": {"path": "/keeper-run"}}],
            "containers": [container("app", "child", "apart"), container("other"), node, container("stranger")]}}


def end(podman):
    # podman does not remove a container while others are in its namespace: what holds it comes last.
    for name in ["app", "other", "node", "stranger", "keeper-secrets-init", "keeper-secrets-sidecar", "pause"]:
        podman.run("rm", "--force", "--time", "0", name, check=False)


class Records:
    """What the recorders wrote."""

    def __init__(self, place):
        self.place = place

    def lines(self, name):
        try:
            with open(f"{self.place}/{name}", encoding="utf-8") as file:
                return [line.split() for line in file.read().splitlines()]
        except FileNotFoundError:
            return []

    def starts(self, name):
        return [int(words[1]) for words in self.lines(name) if words[0] == "start"]

    def signals(self, name):
        """Number, sender's pid and uid, when, what the secret's file held."""
        return [
            (int(words[1]), int(words[2]), int(words[3]), float(words[4]), words[5] if len(words) > 5 else "")
            for words in self.lines(name) if words[0] == "signal"]

    def hits(self, name):
        return [entry for entry in self.signals(name) if entry[0] == signal.SIGHUP]

    def __str__(self):
        return "".join(f"--- {name}\n{self.lines(name)}\n" for name in sorted(os.listdir(self.place)))


def counted(page):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            f"http://127.0.0.1:{page}/api/counters", timeout=10) as answer:
        return json.load(answer)["requests"].get("get_secret", 0)


def make_places(work, spec):
    places = {}
    for volume in spec["volumes"]:
        name = volume["name"]
        places[name] = place = f"{work}/{name}"
        if name == "keeper-run-of-the-node":
            places[name] = f"{work}/keeper-run"
            continue
        os.mkdir(place)
        os.chmod(place, 0o777)
        # As an emptyDir in memory: a file system of its own each.
        if volume.get("emptyDir", {}).get("medium") == "Memory":
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=777", "tmpfs", place], check=True)
    shutil.copy(f"{work}/ksm.json", places["keeper-auth"] + "/config")
    shutil.copy(f"{work}/ca.pem", places["keeper-ca-cert"] + "/ca.crt")
    for name in ("keeper-auth/config", "keeper-ca-cert/ca.crt"):
        os.chmod(f"{work}/{name}", 0o444)
    return places


def compiled(work):
    compiler = shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        raise NoContainers("no C compiler is here (gcc or clang) for the program that records signals")
    with open(f"{work}/recorder.c", "w", encoding="utf-8") as file:
        file.write(RECORDER)
    subprocess.run(
        [compiler, "-static", "-O1", "-Wall", "-o", f"{work}/recorder", f"{work}/recorder.c"], check=True)
    return f"{work}/recorder"


def play(executables, cleanup):
    work = tempfile.mkdtemp(prefix="keeper-podman-", dir="/dev/shm")
    cleanup.callback(shutil.rmtree, work, ignore_errors=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", work], check=True)
    cleanup.callback(subprocess.run, ["umount", "-R", "-l", work], check=False)
    os.chmod(work, 0o711)
    podman = Podman()
    cleanup.callback(podman.remove)
    cleanup.callback(end, podman)
    podman.image(APP, {"/bin/busybox": "/usr/bin/busybox", "/bin/recorder": compiled(work)}, links={
        f"/bin/{applet}": "busybox" for applet in ("sh",)})
    podman.require_containers(APP)
    podman.image(AGENT, {
        "/usr/local/bin/keeper-injector-agent": f"{executables}/keeper-injector-agent",
        "/etc/ssl/certs/ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt"})
    page = start_emulator(executables, work, cleanup)
    tool = [f"{executables}/keeper-injector"]
    listed = json.loads(subprocess.check_output(
        tool + ["list", "--output", "json", "--ksm-config", f"{work}/ksm.json", "--ca-cert", f"{work}/ca.pem"]))
    uid = next(record["uid"] for record in listed if record["title"] == RECORD)
    bystander = next(record["uid"] for record in listed
                     if record["title"] != RECORD and record["type"] == "databaseCredentials")

    with open(f"{work}/pod.yaml", "w", encoding="utf-8") as file:
        yaml.safe_dump(pod(), file)
    spec = yaml.safe_load(subprocess.check_output(
        tool + ["inject", "-f", f"{work}/pod.yaml", "--agent-image", AGENT]))["spec"]
    must(spec.get("shareProcessNamespace") is True, "the pod does not share its processes")
    init, agent = spec["initContainers"]
    app, other, node, stranger = spec["containers"]
    places = make_places(work, spec)
    records = Records(places["records"])

    def log():
        return podman.log(agent["name"])

    def report():
        return f"--- agent\n{log()[-4000:]}\n{records}"

    def start(container, image=APP, more=()):
        given = arguments(container, places, image)
        podman.run(given[0], "--pid", "container:pause", *more, *given[1:])

    podman.run("run", "--detach", "--name", "pause", "--network", "host", "--user", f"{USER}:{USER}", "--volume",
               f"{places['records']}:/records", APP, "/bin/recorder", "pause")
    start(init, AGENT)
    podman.run("wait", init["name"])
    agent["args"] += ["--refresh-interval", f"{int(INTERVAL * 1000)}ms"]
    start(agent, AGENT)
    # As Kubernetes has it by default: a process may make a mount namespace of its own.
    start(app, more=("--security-opt", "seccomp=unconfined"))
    start(other)
    start(node)
    names = ["pause", "app", "child", "apart", "other", "node"]
    wait_for("all processes", lambda: all(records.lines(name) for name in names), report)
    podman.run("exec", "--detach", app["name"], "/bin/recorder", "exec", "child-of-exec")
    innocent = [name for name in names if name != "app"] + ["exec", "child-of-exec"]
    wait_for("the processes of exec", lambda: all(records.lines(name) for name in innocent), report)
    must(records.lines("apart")[0][0] == "start", "no mount namespace of its own can be made in a container here")

    def inner(name):
        host = json.loads(podman.run("inspect", name).stdout)[0]["State"]["Pid"]
        with open(f"/proc/{host}/status", encoding="utf-8") as file:
            return int(next(line for line in file if line.startswith("NSpid:")).split()[-1])

    sender = inner(agent["name"])
    must(records.starts("app") == [inner(app["name"])], f"the recorder is not the main process\n{report()}")

    def published():
        with open(f"{places['keeper-secrets']}/dir-0/password", encoding="utf-8") as file:
            return file.read()

    def refreshes(count):
        before = counted(page)
        wait_for(f"{count} refreshes", lambda: counted(page) >= before + count, report)

    def nobody_else():
        hit = {name: records.signals(name) for name in innocent if records.signals(name)}
        must(not hit, f"signalled in error: {hit}\n{report()}")

    def told():
        lines = [json.loads(line) for line in log().splitlines() if line.startswith("{")]
        return [line for line in lines if line["msg"] == "told the app of the change"]

    def change(value, expected):
        """Edits, and requires that the app has then got exactly that many signals, with the value in place."""
        edit(page, uid, value)
        wait_for(f"signal {expected}", lambda: len(records.hits("app")) >= expected, report, seconds=30)
        time.sleep(QUIET)
        hits = records.hits("app")
        must(len(hits) == expected == len(records.signals("app")), f"not {expected} signals\n{report()}")
        must(hits[-1][4] == value, f"at the signal the app reads {hits[-1][4]}\n{report()}")
        must(hits[-1][1:3] == (sender, USER), f"the signal is not from the agent {sender}: {hits[-1]}")
        nobody_else()

    # What runs is current: no change yet.
    must(published() == OLD, "the old value is not there")
    refreshes(10)
    time.sleep(QUIET)
    must(not records.signals("app"), f"signalled without a change\n{report()}")
    nobody_else()

    # The stranger has the mark too, and does not run yet: that is told, and nothing else comes of it.
    for number in range(1, CHANGES + 1):
        change(f"value-{number}", number)
    must(len(told()) == CHANGES, f"{len(told())} lines tell of {CHANGES} changes\n{report()}")
    must(all(line["containers"] == ["app"] and line["signal"] == "SIGHUP" for line in told()), f"{told()}")
    print(f"{CHANGES} changes: {len(records.hits('app'))} SIGHUPs at the app, 0 at {len(innocent)} others", flush=True)

    before = len(records.hits("app"))
    edit(page, uid, f"value-{CHANGES}")
    edit(page, bystander, "of no interest")
    asked = counted(page)
    refreshes(20)
    time.sleep(QUIET)
    asked = counted(page) - asked
    must(len(records.hits("app")) == before, f"signalled without a change\n{report()}")
    nobody_else()
    print(f"{asked} refreshes without a change: 0 signals", flush=True)

    quick = 8
    for number in range(1, quick + 1):
        edit(page, uid, f"quick-{number}")
        time.sleep(2 * INTERVAL)
    last = f"quick-{quick}"
    wait_for("the last of the quick values", lambda: published() == last, report)
    wait_for("its signal", lambda: records.hits("app")[-1][4] == last, report, seconds=30)
    time.sleep(QUIET)
    burst = records.hits("app")[before:]
    must(1 <= len(burst) <= quick, f"{len(burst)} signals for {quick} quick changes\n{report()}")
    gaps = [late[3] - early[3] for early, late in zip(burst, burst[1:])]
    # Sent a second apart at least; when they were taken depends on the machine.
    must(all(gap > 0.8 for gap in gaps), f"signals in too quick succession: {gaps}")
    nobody_else()
    print(f"{quick} changes in {2 * INTERVAL * quick:.1f} s: {len(burst)} signals, the last with the last value",
          flush=True)

    # The container's second life: the old main process and what ran beside it are gone.
    before = len(records.hits("app"))
    podman.run("kill", "--signal", "KILL", app["name"])
    podman.run("wait", app["name"])
    podman.run("start", app["name"])
    wait_for("the second main process", lambda: len(records.starts("app")) == 2, report)
    change("after-restart", before + 1)
    print("after a restart of the container: 1 signal at its new main process", flush=True)

    # An app with another uid cannot be told: said, with the way out, and the rest goes on.
    quiet_log = len(log())
    start(stranger)
    wait_for("the stranger", lambda: records.starts("stranger"), report)
    change("for-two", before + 2)
    failures = [json.loads(line) for line in log()[quiet_log:].splitlines() if "could not be told" in line]
    must(len(failures) == 1, f"not one failure: {failures}\n{report()}")
    must('container "stranger"' in failures[0]["reason"] and "Operation not permitted" in failures[0]["reason"],
         f"{failures[0]}")
    must("run-as-user" in failures[0]["hint"], f"{failures[0]}")
    must(not records.signals("stranger"), "the stranger was signalled")
    must(told()[-1]["containers"] == ["app"], f"{told()[-1]}")
    edit(page, uid, "goes-on")
    wait_for("rotation after the failure", lambda: published() == "goes-on", report)
    print("an app of another uid: 1 failure with its container's name, the other app told, rotation goes on",
          flush=True)

    values = ["value-", "quick-", OLD, "goes-on", "for-two"]
    must(not any(value in log() for value in values), "a value in the agent's log")
    podman.run("stop", "--time", "10", agent["name"])
    code = json.loads(podman.run("inspect", agent["name"]).stdout)[0]["State"]["ExitCode"]
    must(code == 0, f"the agent ended with {code}\n{report()}")
    print("played: one signal per change at the main process, none elsewhere")


if __name__ == "__main__":
    sys.exit(perform(play))
