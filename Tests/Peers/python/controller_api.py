"""A stand-in for the Kubernetes API server, as far as the controller can tell: lists in pages, watches with
bookmarks, optimistic locking, merge patches, RBAC, Status errors, TLS and bearer tokens, and faults on purpose.
It records every request."""

import base64
import copy
import http.client
import json
import re
import ssl
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jsonpatch
import yaml

GROUPS = {
    "pods": "", "secrets": "", "events": "", "replicasets": "apps", "deployments": "apps",
    "statefulsets": "apps", "daemonsets": "apps", "jobs": "batch", "cronjobs": "batch",
    "leases": "coordination.k8s.io",
}
KINDS = {
    "pods": "Pod", "secrets": "Secret", "events": "Event", "replicasets": "ReplicaSet",
    "deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "jobs": "Job",
    "cronjobs": "CronJob", "leases": "Lease",
}
REASONS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed",
    409: "Conflict", 410: "Expired", 415: "UnsupportedMediaType", 422: "Invalid", 429: "TooManyRequests",
    500: "InternalError",
}
MICRO_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
SECRET_TYPES = {
    "kubernetes.io/tls": ["tls.crt", "tls.key"], "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
    "kubernetes.io/ssh-auth": ["ssh-privatekey"],
}


class ApiError(Exception):
    def __init__(self, code, message, reason=None, headers=None):
        super().__init__(message)
        self.code, self.message, self.headers = code, message, headers or {}
        self.reason = reason or REASONS.get(code, "Unknown")

    def status(self):
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                "message": self.message, "reason": self.reason, "code": self.code}


class Rules:
    """deploy/rbac/controller.yaml, bound where the tests say."""

    def __init__(self, path, bindings):
        self.roles, self.bindings = {}, bindings
        for document in yaml.safe_load_all(open(path)):
            if document and document["kind"] in ("Role", "ClusterRole"):
                self.roles[document["metadata"]["name"]] = document["rules"]

    def allows(self, verb, group, resource, namespace, name):
        for role in self.bindings.get(namespace, []):
            for rule in self.roles[role]:
                names = rule.get("resourceNames")
                if (verb in rule["verbs"] and group in rule["apiGroups"] and resource in rule["resources"]
                        and (not names or name in names)):
                    return True
        return False


def merged(target, patch):
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        else:
            target[key] = merged(target.get(key), value)
    return target


class Api:
    def __init__(self, scratch, certificate, key, rules):
        self.lock = threading.Condition()
        self.objects = {}
        self.version = 100
        self.log = []
        self.floor = 0
        self.snapshots = {}
        self.requests = []
        self.tokens = {"token-0"}
        self.rules = rules
        self.faults = []
        self.watch_seconds = None
        self.watch_pause = 0
        self.broken = 0
        self.history = {}
        self.webhook = None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def log_message(self, *_):
                pass

            def setup(self):
                self.request.settimeout(20)
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self):
                try:
                    super().handle()
                except (OSError, ValueError):
                    pass

            do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = lambda self: api.serve(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    # Objects, also for the tests themselves

    def get(self, resource, namespace, name):
        with self.lock:
            return copy.deepcopy(self.objects.get((resource, namespace, name)))

    def all(self, resource, namespace=None):
        with self.lock:
            return [copy.deepcopy(o) for (r, n, _), o in sorted(self.objects.items())
                    if r == resource and namespace in (None, n)]

    def create(self, resource, namespace, body):
        with self.lock:
            metadata = body.setdefault("metadata", {})
            name = metadata.get("name")
            if not name:
                name = metadata["name"] = metadata["generateName"] + uuid.uuid4().hex[:5]
            if (resource, namespace, name) in self.objects:
                raise ApiError(409, f'{resource} "{name}" already exists', "AlreadyExists")
            self.validate(resource, namespace, body, None)
            metadata.update(namespace=namespace, uid=metadata.get("uid") or str(uuid.uuid4()))
            metadata.setdefault("creationTimestamp", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
            body.setdefault("kind", KINDS[resource])
            body.setdefault("apiVersion", (GROUPS[resource] + "/v1").lstrip("/"))
            return self.store("ADDED", resource, namespace, name, body)

    def patch(self, resource, namespace, name, patch):
        with self.lock:
            old = self.objects.get((resource, namespace, name))
            if old is None:
                raise ApiError(404, f'{resource} "{name}" not found')
            metadata = patch.get("metadata", {})
            for key in ("resourceVersion", "uid"):
                if metadata.get(key) and metadata[key] != old["metadata"][key]:
                    raise ApiError(
                        409, f'Operation cannot be fulfilled on {resource} "{name}": the object has been '
                        "modified; please apply your changes to the latest version and try again")
            new = merged(old, patch)
            new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
            self.validate(resource, namespace, new, old)
            if new == old:
                return copy.deepcopy(old)
            return self.store("MODIFIED", resource, namespace, name, new)

    def delete(self, resource, namespace, name, preconditions=None):
        with self.lock:
            old = self.objects.get((resource, namespace, name))
            if old is None:
                raise ApiError(404, f'{resource} "{name}" not found')
            for key, value in (preconditions or {}).items():
                if old["metadata"][key] != value:
                    raise ApiError(409, f"Precondition failed: {key}")
            self.store("DELETED", resource, namespace, name, old)
            self.collect()

    def store(self, event, resource, namespace, name, body):
        self.version += 1
        body = copy.deepcopy(body)
        body["metadata"]["resourceVersion"] = str(self.version)
        if event == "DELETED":
            del self.objects[resource, namespace, name]
        else:
            self.objects[resource, namespace, name] = body
        if resource == "secrets":
            self.history.setdefault((namespace, name), []).append((event, body))
        self.log.append((self.version, resource, namespace, event, body))
        self.lock.notify_all()
        return copy.deepcopy(body)

    def collect(self):
        """Kubernetes' garbage collector: an object goes when each of its owners is gone."""
        again = True
        while again:
            again = False
            alive = {(n, o["metadata"]["uid"]) for (_, n, _), o in self.objects.items()}
            for (resource, namespace, name), body in list(self.objects.items()):
                owners = body["metadata"].get("ownerReferences")
                if owners and not any((namespace, o["uid"]) in alive for o in owners):
                    self.store("DELETED", resource, namespace, name, body)
                    again = True

    def compact(self):
        """What was is forgotten: watches from before it are told 410."""
        with self.lock:
            self.version += 1
            self.floor = self.version
            self.log = []
            self.lock.notify_all()

    def validate(self, resource, namespace, body, old):
        name = body["metadata"].get("name") or ""
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", name) or len(name) > 253:
            raise ApiError(422, f"metadata.name: Invalid value: {name!r}")
        if body["metadata"].get("namespace") not in (None, namespace):
            raise ApiError(400, "the namespace of the object does not match the namespace of the request")
        for owner in body["metadata"].get("ownerReferences") or []:
            if not all(owner.get(k) for k in ("apiVersion", "kind", "name", "uid")):
                raise ApiError(422, "metadata.ownerReferences: Required value")
        if resource == "secrets":
            data = body.setdefault("data", {})
            kind = body.setdefault("type", "Opaque")
            if old and old["type"] != kind:
                raise ApiError(422, "type: Invalid value: field is immutable")
            if old and old.get("immutable") and old["data"] != data:
                raise ApiError(422, "data: Forbidden: field is immutable when `immutable` is set")
            size = 0
            for key, value in data.items():
                if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key):
                    raise ApiError(422, f"data[{key}]: Invalid value")
                try:
                    size += len(base64.b64decode(value, validate=True))
                except ValueError:
                    raise ApiError(400, "illegal base64 data") from None
            if size > 1 << 20:
                raise ApiError(422, "data: Too long: must have at most 1048576 bytes")
            for key in SECRET_TYPES.get(kind, []):
                if key not in data:
                    raise ApiError(422, f"data[{key}]: Required value")
        if resource == "leases":
            spec = body.get("spec", {})
            for key in ("renewTime", "acquireTime"):
                if key in spec and not MICRO_TIME.match(spec[key]):
                    raise ApiError(400, f"{key}: parsing time {spec[key]!r}")
            if spec.get("leaseDurationSeconds", 1) <= 0:
                raise ApiError(422, "spec.leaseDurationSeconds: must be greater than 0")
        if resource == "events":
            if body["involvedObject"]["namespace"] != namespace:
                raise ApiError(422, "involvedObject.namespace: does not match event.namespace")
            if len(body["message"].encode()) > 1024:
                raise ApiError(422, "message: can have at most 1024 bytes")

    # Pods, through the real webhook

    def admit(self, namespace, pod, dry_run=False):
        """What `kubectl apply` does: the webhook's patch, then the store.
        Returns the pod; raises ApiError where it is denied."""
        pod = copy.deepcopy(pod)
        pod.setdefault("apiVersion", "v1")
        pod.setdefault("kind", "Pod")
        review = {
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": {"uid": str(uuid.uuid4()), "operation": "CREATE", "namespace": namespace,
                        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "dryRun": dry_run,
                        "object": pod}}
        self.webhook.request("POST", "/mutate?timeout=10s", json.dumps(review),
                             {"content-type": "application/json"})
        response = json.loads(self.webhook.getresponse().read())["response"]
        if not response["allowed"]:
            raise ApiError(response["status"]["code"], response["status"]["message"], "Denied")
        if "patch" in response:
            pod = jsonpatch.apply_patch(pod, json.loads(base64.b64decode(response["patch"])))
        pod.setdefault("status", {})["phase"] = "Running"
        return pod if dry_run else self.create("pods", namespace, pod)

    # HTTP

    def fault(self, action, count=1, **match):
        """`action`: a status code, 'reset', 'hold', or a function of (api, request) called before it is served."""
        fault = {"action": action, "count": count, "match": match, "hit": threading.Event(),
                 "go": threading.Event()}
        with self.lock:
            self.faults.append(fault)
        return fault

    def struck(self, request):
        with self.lock:
            for fault in self.faults:
                if all(request[k] in (v if isinstance(v, (set, list, tuple)) else [v])
                       for k, v in fault["match"].items()):
                    fault["count"] -= 1
                    if fault["count"] <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def serve(self, handler):
        length = int(handler.headers.get("content-length") or 0)
        body = handler.rfile.read(length) if length else b""
        url = urlsplit(handler.path)
        query = {k: v[0] for k, v in parse_qs(url.query).items()}
        request = {"verb": None, "group": None, "resource": None, "namespace": None, "name": None, "code": 0,
                   "agent": handler.client_address, "at": time.monotonic(), "method": handler.command}
        try:
            self.route(request, url.path, query)
            with self.lock:
                self.requests.append(request)
            self.authorize(request, handler)
            fault = self.struck(request)
            if fault:
                fault["hit"].set()
                action = fault["action"]
                if action == "reset":
                    handler.close_connection = True
                    handler.connection.close()
                    return
                if action == "hold":
                    fault["go"].wait(60)
                elif callable(action):
                    action(self, request)
                else:
                    raise ApiError(action, "a fault on purpose", headers={"Retry-After": "1"}
                                   if action == 429 else {})
            if request["verb"] == "watch":
                return self.watch(handler, request, query)
            self.answer(handler, request, 200 if request["verb"] != "create" else 201,
                        self.act(request, query, body, handler.headers))
        except ApiError as error:
            self.answer(handler, request, error.code, error.status(), error.headers)

    def route(self, request, path, query):
        match = re.fullmatch(
            r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?"
            r"/(?P<resource>[a-z]+)(?:/(?P<name>[^/]+))?", path)
        if not match or GROUPS.get(match["resource"]) != (match["group"] or "") or match["version"] != "v1":
            raise ApiError(404, "the server could not find the requested resource")
        request.update(match.groupdict(""))
        request["namespace"] = request["namespace"] or None
        request["name"] = request["name"] or None
        verbs = {"POST": "create", "PATCH": "patch", "DELETE": "delete", "PUT": "update"}
        if request["method"] == "GET":
            request["verb"] = ("watch" if query.get("watch") == "true" else "get" if request["name"] else "list")
        else:
            request["verb"] = verbs[request["method"]]

    def authorize(self, request, handler):
        given = handler.headers.get("authorization", "")
        if not given.startswith("Bearer ") or given[7:] not in self.tokens:
            raise ApiError(401, "Unauthorized")
        where = [request[k] for k in ("verb", "group", "resource", "namespace", "name")]
        if not self.rules.allows(*where):
            raise ApiError(
                403, f'{request["resource"]}.{request["group"]} is forbidden: User '
                f'"system:serviceaccount:keeper-injector:keeper-injector-controller" cannot {request["verb"]} '
                f'resource "{request["resource"]}" in namespace "{request["namespace"]}"')

    def act(self, request, query, body, headers):
        verb, resource = request["verb"], request["resource"]
        namespace, name = request["namespace"], request["name"]
        if verb == "get":
            found = self.get(resource, namespace, name)
            if found is None:
                raise ApiError(404, f'{resource} "{name}" not found')
            return self.projected(found, headers)
        if verb == "list":
            return self.list(request, query, headers)
        value = json.loads(body) if body else {}
        if verb == "create":
            return self.create(resource, namespace, value)
        if verb == "patch":
            if headers.get("content-type") != "application/merge-patch+json":
                raise ApiError(415, "the body of the request was in an unknown format")
            return self.patch(resource, namespace, name, value)
        if verb == "delete":
            self.delete(resource, namespace, name, value.get("preconditions"))
            return {"kind": "Status", "apiVersion": "v1", "status": "Success"}
        raise ApiError(405, "the server does not allow this method on the requested resource")

    @staticmethod
    def projected(body, headers):
        if "as=PartialObjectMetadata" not in headers.get("accept", ""):
            return body
        return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": body["metadata"]}

    def list(self, request, query, headers):
        with self.lock:
            token = query.get("continue")
            if token:
                if token not in self.snapshots:
                    raise ApiError(410, "The provided continue parameter is too old")
                version, items = self.snapshots.pop(token)
            else:
                items = self.all(request["resource"], request["namespace"])
                for selector in filter(None, query.get("labelSelector", "").split(",")):
                    key, value = selector.split("=", 1)
                    items = [i for i in items if i["metadata"].get("labels", {}).get(key) == value]
                version = str(self.version)
            limit = int(query.get("limit") or 500)
            metadata = {"resourceVersion": version}
            if len(items) > limit:
                metadata["continue"] = uuid.uuid4().hex
                self.snapshots[metadata["continue"]] = (version, items[limit:])
                metadata["remainingItemCount"] = len(items) - limit
            return {"kind": KINDS[request["resource"]] + "List", "apiVersion": "v1", "metadata": metadata,
                    "items": [self.projected(i, headers) for i in items[:limit]]}

    def watch(self, handler, request, query):
        seen = int(query["resourceVersion"])
        seconds = self.watch_seconds or float(query.get("timeoutSeconds", 60))
        end = time.monotonic() + seconds
        generation = self.broken
        if seen < self.floor:
            raise ApiError(410, f"too old resource version: {seen} ({self.floor})")
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        handler.close_connection = True

        def send(event):
            line = json.dumps(event).encode() + b"\n"
            # In pieces, as a network may deliver it.
            middle = len(line) // 2
            for piece in (line[:middle], line[middle:]):
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                handler.wfile.flush()
                if self.watch_pause:
                    time.sleep(self.watch_pause)

        bookmark = time.monotonic() + 1
        try:
            while time.monotonic() < end:
                with self.lock:
                    if self.broken != generation:
                        handler.connection.close()
                        return
                    if seen < self.floor:
                        events, gone = [], True
                    else:
                        start = len(self.log)
                        while start and self.log[start - 1][0] > seen:
                            start -= 1
                        events, gone = self.log[start:], False
                        if not events:
                            self.lock.wait(0.2)
                if gone:
                    send({"type": "ERROR", "object": ApiError(410, "too old resource version").status()})
                    break
                for version, resource, namespace, event, body in events:
                    seen = version
                    if resource == request["resource"] and request["namespace"] in (None, namespace):
                        send({"type": event, "object": body})
                if query.get("allowWatchBookmarks") == "true" and time.monotonic() > bookmark:
                    bookmark = time.monotonic() + 1
                    send({"type": "BOOKMARK", "object": {"kind": "Pod", "apiVersion": "v1", "metadata": {
                        "resourceVersion": str(seen), "creationTimestamp": None}}})
            handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass

    def break_watches(self):
        with self.lock:
            self.broken += 1
            self.lock.notify_all()

    def answer(self, handler, request, code, body, headers=None):
        request["code"] = code
        data = json.dumps(body).encode()
        try:
            handler.send_response(code)
            handler.send_header("content-type", "application/json")
            handler.send_header("content-length", str(len(data)))
            for key, value in (headers or {}).items():
                handler.send_header(key, value)
            handler.end_headers()
            handler.wfile.write(data)
            handler.wfile.flush()
        except OSError:
            pass

    def connect_webhook(self, port, ca):
        self.webhook = http.client.HTTPSConnection(
            "localhost", port, context=ssl.create_default_context(cafile=ca), timeout=20)
