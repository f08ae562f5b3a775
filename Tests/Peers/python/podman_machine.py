"""podman as it runs on machines without systemd and without a registry: a store of its own, images from files."""
import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

SETTINGS = """\
[containers]
netns = "none"
http_proxy = false
log_driver = "k8s-file"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class NoContainers(Exception):
    """podman is there, and cannot run the simplest container."""


class Podman:
    def __init__(self):
        if not shutil.which("podman"):
            raise AssertionError("MISSING: podman. Run scripts/setup test, which installs it.")
        # The name is short: a socket below it must fit into 108 bytes.
        self.place = tempfile.mkdtemp(prefix="kp-")
        with open(f"{self.place}/containers.conf", "w", encoding="utf-8") as file:
            file.write(SETTINGS)
        # vfs works on any file system; overlay does not work upon overlay.
        self.command = [
            "podman", "--root", f"{self.place}/root", "--runroot", f"{self.place}/run", "--storage-driver", "vfs"]

    def run(self, *arguments, check=True):
        result = subprocess.run(
            self.command + list(arguments), env={**os.environ, "CONTAINERS_CONF": f"{self.place}/containers.conf"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, check=False)
        if check and result.returncode != 0:
            raise AssertionError(f"podman {' '.join(arguments)}: {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def log(self, container):
        result = self.run("logs", container, check=False)
        return result.stdout + result.stderr

    def image(self, name, files, links=None):
        """An image of these files (path in the image: file here) with the libraries they need, and nothing else."""
        files = dict(files)
        for file in list(files.values()):
            # A static executable, and what is none, have none.
            listed = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
            for word in listed.split():
                if word.startswith("/"):
                    files[word.rstrip(":")] = os.path.realpath(word.rstrip(":"))
        archive = f"{self.place}/image.tar"
        with tarfile.open(archive, "w", dereference=True) as tar:
            for path, file in files.items():
                tar.add(file, path)
            for path, target in (links or {}).items():
                link = tarfile.TarInfo(path)
                link.type, link.linkname = tarfile.SYMTYPE, target
                tar.addfile(link)
        self.run("import", archive, name)
        os.remove(archive)

    def require_containers(self, image):
        """Tries the simplest container; raises NoContainers."""
        result = self.run("run", "--rm", "--network", "host", image, "/bin/sh", "-c", "echo it runs", check=False)
        if result.stdout.strip() != "it runs":
            raise NoContainers(f"podman cannot run a container here: {result.stdout}{result.stderr}")

    def remove(self):
        self.run("rm", "--all", "--force", check=False)
        subprocess.run(["umount", "-l", f"{self.place}/root"], capture_output=True, check=False)
        shutil.rmtree(self.place, ignore_errors=True)


def perform(play):
    """`play(*arguments, cleanup)` with the words of the command line: its exit code, 77 without containers."""
    with contextlib.ExitStack() as cleanup:
        try:
            play(*sys.argv[1:], cleanup)
        except NoContainers as reason:
            print(reason)
            return 77
    return 0
