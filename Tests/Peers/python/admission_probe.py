"""The admission-probe as a function: a review in, the response out."""
import base64
import json
import subprocess


class Probe:
    def __init__(self, path, *flags):
        self.process = subprocess.Popen(
            [path, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20)

    def ask_line(self, line):
        """One line of bytes in, one line of bytes out; fails when the process is gone."""
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the probe ended with {self.process.wait()} at {line[:2000]!r}")
        return answer

    def ask(self, review):
        answer = json.loads(self.ask_line(json.dumps(review, ensure_ascii=False).encode()))
        if answer.get("kind") != "AdmissionReview":
            raise RuntimeError(f"no review came back: {answer}")
        return answer["response"]

    def memory(self):
        """Resident KiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=10)
        if code != 0:
            raise RuntimeError(f"the probe ended with {code}")


def patch_of(response):
    return base64.b64decode(response["patch"]) if "patch" in response else None


def review_of(pod, namespace="app"):
    return {
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "4f59022b-783f-4e87-b39e-c2163ab5c42e",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "operation": "CREATE", "namespace": namespace, "userInfo": {"username": "admin"},
            "object": pod, "dryRun": False}}
