"""Two agents, tmpfs and FUSE, against a Keeper that changes every second and fails half of the time.

Usage: soak.py DIRECTORY-OF-EXECUTABLES SECONDS SEED [--interval 1s]

Readers look all the while. What they see must be a state that Keeper really had, whole, and never an older one than
before; the agents must not grow; in the end everybody has the last value, and nothing is left behind.
"""
import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

RECORDS = 50
# Bytes, written in hexadecimal. Large ones too, so that versions that nobody releases are seen within minutes.
SIZES = (8, 40, 300, 1500, 20_000)
# An old generation on tmpfs stays that long for readers (docs/design.md).
GRACE = 0.5
# A request's time limit in the agent, with some room for the next attempt: what hangs blocks it that long, also
# when the fault has been taken back.
REQUEST = 33
# Without a good answer for longer than this the agent has stopped trying: one time-out, and the faults around it.
LONGEST_SILENCE = 90
GROWTH_LIMIT = 1536
SECRET = re.compile(rb"seq-\d{6}-[0-9a-f]+")
# What else of the vault and of the configuration must not be in a log.
GENERATED = re.compile(rb"generated-(?:password|key)-\d+")
running = []


class Violation(Exception):
    """Something that must not happen."""


class Findings:
    """The first violations of any thread; they end the run."""

    def __init__(self):
        self.texts = []
        self.stop = threading.Event()

    def add(self, text):
        self.texts.append(text)
        self.stop.set()

    @contextlib.contextmanager
    def watching(self, who):
        """A thread that dies unseen would make a run without checks look good."""
        try:
            yield
        except Violation as violation:
            self.add(f"{who}: {violation}")
        except Exception as error:
            place = error.__traceback__
            while place.tb_next:
                place = place.tb_next
            self.add(f"{who}: the harness itself failed at line {place.tb_lineno}: {type(error).__name__}: {error}")


def start(*command, **options):
    """A process that the end of the harness is the end of."""
    process = subprocess.Popen(command, **options)
    running.append(process)
    return process


def api(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
        return json.loads(text)
    finally:
        connection.close()


def file_name(title):
    """As docs/annotations.md tells it."""
    return re.sub(r"[^a-z0-9._-]", "-", title.lower()) + ".json"


class Keeper:
    """The emulator, and the history of all that it held."""

    def __init__(self, executables, place, rng):
        self.rng = rng
        self.configuration, self.authority = f"{place}/ksm.json", f"{place}/ca.pem"
        process = start(
            f"{executables}/keeper-emulator", "--generate", str(RECORDS), "--config-out", self.configuration,
            "--ca-out", self.authority, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready = dict(part.split("=") for part in process.stdout.readline().split() if "=" in part)
        self.page = int(ready["page"])
        records = api(self.page, "GET", "/api/records")["records"]
        self.uids = [record["uid"] for record in records]
        self.titles = [record["title"] for record in records]
        self.names = [file_name(title) for title in self.titles]
        if len(set(self.names)) != RECORDS:
            raise RuntimeError(f"{len(set(self.names))} different names of files")
        self.first = [self.fields(uid) for uid in self.uids]
        # Change number S is changes[S - 1]: (record, value).
        self.changes = []
        # All have their usual size from the start: else the agents would grow with the values.
        for record in range(RECORDS):
            self.change(record)

    def fields(self, uid):
        """What the file of this record holds."""
        record = api(self.page, "GET", f"/api/records/{uid}")
        return {
            field.get("label") or field["type"]: field["value"][0] if field["value"] else ""
            for field in record["fields"] + record["custom"]}

    def change(self, record):
        """The size differs each time, so that a file that is only partly new would not parse; but a large record
        stays a large one, lest the memory of the agents goes up and down by itself."""
        number = len(self.changes) + 1
        size = int(SIZES[record % len(SIZES)] * self.rng.uniform(0.75, 1))
        value = f"seq-{number:06}-" + self.rng.randbytes(size).hex()
        # Before Keeper has it: an agent may have fetched it before we get the answer.
        self.changes.append((record, value))
        api(self.page, "PUT", f"/api/records/{self.uids[record]}/fields/password", {"value": value})

    def set_faults(self, specs):
        api(self.page, "POST", "/api/faults", {"faults": specs})

    def change_any(self):
        self.change(self.rng.randrange(RECORDS))

    def change_every_second(self, stop):
        due = time.monotonic()
        while not stop.wait(max(0, due - time.monotonic())):
            self.change_any()
            due += 1


class Agent:
    """One sidecar on a root of its own, with its own copy of the configuration."""

    def __init__(self, executables, place, keeper, backend, interval):
        self.backend, self.root = backend, f"{place}/{backend}"
        os.mkdir(self.root)
        self.secrets = self.root + "/keeper/secrets"
        self.configuration = f"{place}/{backend}.json"
        self.good = pathlib.Path(keeper.configuration).read_bytes()
        self.configure(self.good)
        self.log = f"{place}/{backend}.log"
        annotations = ["ksm-config=x", "secrets=" + ", ".join(keeper.titles), f"backend={backend}"]
        arguments = [argument for text in annotations for argument in ("--annotation", text)]
        plan = subprocess.run(
            [f"{executables}/keeper-injector", "plan", *arguments], check=True, capture_output=True, text=True).stdout
        with open(self.log, "wb") as log:
            self.process = start(
                f"{executables}/keeper-injector-agent", "sidecar", "--root", self.root, "--ksm-config",
                self.configuration, "--ca-cert", keeper.authority, "--refresh-interval", interval, "--log-level",
                "debug", "--log-format", "json", env={**os.environ, "KEEPER_INJECTOR_CONFIG": plan},
                stdout=log, stderr=log)

    def configure(self, text):
        """By rename(2), as kubelet and careful people do: the agent never sees half of it."""
        temporary = self.configuration + ".new"
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text)
        os.rename(temporary, self.configuration)

    def lose_name(self):
        """The name server does not know Keeper any more."""
        configuration = json.loads(self.good)
        port = configuration["hostname"].rpartition(":")[2]
        self.configure(json.dumps({**configuration, "hostname": f"nobody.invalid:{port}"}).encode())

    def ask(self, path):
        """The agent's answer over its Unix socket: status and body. It must come also when Keeper hangs."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(self.root + "/agent.sock")
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: agent\r\n\r\n".encode())
            answer = b""
            while chunk := connection.recv(65536):
                answer += chunk
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def sample(self):
        """KiB of RSS and of anonymous memory, descriptors, threads."""
        process = f"/proc/{self.process.pid}"
        rollup = dict(
            line.split()[:2] for line in pathlib.Path(process, "smaps_rollup").read_text().splitlines()[1:])
        threads = len(os.listdir(process + "/task"))
        return int(rollup["Rss:"]), int(rollup["Anonymous:"]), len(os.listdir(process + "/fd")), threads

    def children(self):
        """Processes it has forked and not waited for."""
        parent = f"PPid:\t{self.process.pid}\n"
        count = 0
        for entry in pathlib.Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                count += parent in entry.read_text()
        return count

    def last_words(self):
        """The end of its log, made safe to print."""
        text = SECRET.sub(lambda match: match[0][:10] + b"-...", pathlib.Path(self.log).read_bytes())
        return "".join(f"    {line}\n" for line in text.decode(errors="replace").splitlines()[-6:])


class Reader:
    """Looks at one backend as a careful program does: everything through one handle of `..data`."""

    def __init__(self, agent, keeper, holds):
        self.agent, self.keeper, self.holds = agent, keeper, holds
        self.stop = threading.Event()
        self.passwords = [fields["password"] for fields in keeper.first]
        self.number = 0
        self.reads = self.generations = self.retries = 0
        self.seen_at = 0
        self.longest = 0

    def run(self):
        while not self.stop.wait(0.05):
            files = self.read()
            if files is None:
                if self.reads:
                    raise Violation("..data is gone")
                continue
            self.check(files)
            self.reads += 1

    def read(self):
        """One generation: name and content; `None` when there is none. An old one may vanish under us, after its
        time, and only once: a program that reads again gets the new one."""
        for attempt in range(2):
            begin = time.monotonic()
            try:
                directory = os.open(self.agent.secrets + "/..data", os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                if not self.reads:
                    return None
                self.excuse(begin, attempt, "..data cannot be opened")
                continue
            try:
                # A slow program: a rotation or two later it opens the first file. On tmpfs that is too late.
                if self.holds and self.reads % 20 == 19:
                    self.stop.wait(1.5)
                return self.read_all(directory)
            except FileNotFoundError as error:
                self.excuse(begin, attempt, f"{error.filename} is missing")
            except OSError as error:
                raise Violation(f"{error.filename}: {error.strerror}") from error
            finally:
                os.close(directory)

    def excuse(self, begin, attempt, what):
        """What was current at `begin` stays for the grace time at least; FUSE keeps it as long as the handle."""
        elapsed = time.monotonic() - begin
        if self.agent.backend == "fuse" or elapsed < GRACE or attempt > 0:
            raise Violation(f"{what}, {elapsed * 1000:.0f} ms after ..data was opened (attempt {attempt + 1})")
        self.retries += 1

    def read_all(self, directory):
        names = sorted(name for name in os.listdir(directory) if not name.startswith(".."))
        if names != sorted(self.keeper.names):
            missing = sorted(set(self.keeper.names) - set(names))
            if missing:
                raise FileNotFoundError(2, "missing", f"{len(missing)} names, such as {missing[0]},")
            raise Violation(f"too many names: {sorted(set(names) - set(self.keeper.names))[:5]}")
        return [self.read_file(name, directory) for name in self.keeper.names]

    def read_file(self, name, directory):
        try:
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=directory)
        except OSError as error:
            # open(2) by dir_fd does not fill it in everywhere.
            error.filename = name
            raise
        try:
            size = os.fstat(file).st_size
            content = b""
            while chunk := os.read(file, 1 << 20):
                content += chunk
        except OSError as error:
            error.filename = name
            raise
        finally:
            os.close(file)
        if size != len(content) or not size:
            raise Violation(f"{name}: {len(content)} bytes read of {size}")
        return content

    def check(self, files):
        passwords = [self.password(record, content) for record, content in enumerate(files)]
        number = max(map(sequence, passwords))
        if number > len(self.keeper.changes):
            raise Violation(f"shows change {number}, of {len(self.keeper.changes)}")
        if number < self.number:
            raise Violation(f"went back from change {self.number} to {number}")
        self.advance(number)
        wrong = [record for record in range(RECORDS) if passwords[record] != self.passwords[record]]
        if wrong:
            told = [
                f"{self.keeper.names[record]} has {self.describe(passwords[record])} for "
                f"{self.describe(self.passwords[record])}" for record in wrong[:5]]
            raise Violation(f"Keeper never had this after change {number}: {len(wrong)} wrong: {'; '.join(told)}")

    def password(self, record, content):
        name = self.keeper.names[record]
        try:
            fields = json.loads(content)
            password = fields["password"]
        except (ValueError, KeyError, TypeError):
            # Neither the content nor the parser's words: a part of a secret is one, too.
            raise Violation(f"{name}: {len(content)} bytes that are no JSON of a record") from None
        if {**fields, "password": 0} != {**self.keeper.first[record], "password": 0}:
            raise Violation(f"{name}: another field than the password is not as it was")
        return password

    def advance(self, number):
        """What Keeper had after change `number`."""
        now = time.monotonic()
        if number > self.number or not self.seen_at:
            if self.seen_at:
                self.longest = max(self.longest, now - self.seen_at)
            self.generations += 1
            self.seen_at = now
        for record, value in self.keeper.changes[self.number:number]:
            self.passwords[record] = value
        self.number = number

    @staticmethod
    def describe(password):
        number = sequence(password)
        return f"change {number} ({len(password)} characters)" if number else "its first value"


def sequence(password):
    """The number of the change that made it, 0 for none."""
    match = re.match(r"seq-(\d{6})-", password) if isinstance(password, str) else None
    return int(match[1]) if match else 0


class Saboteur:
    """Lets one thing after another go wrong, about half of the time."""

    def __init__(self, keeper, agents, rng, seconds, also):
        self.keeper, self.agents, self.rng, self.seconds = keeper, agents, rng, seconds
        self.counts = collections.Counter()
        self.active = 0
        # Each comes once before any comes twice. With the time it goes on in the agents once it is taken back.
        self.kinds = {
            "reset": 0, "hang": REQUEST, "500": 0, "503": 0, "throttle=1": 2, "proxy": 0, "truncate": 0, "corrupt": 0,
            "corrupt-record": 0, "slow": 6, "slow=1024": REQUEST, "wrong-key": 0, "tls-close": 0, "tls-hang": 6,
            "dns": 6, **dict.fromkeys(also, 0)}
        self.deck = []
        # What blocks an agent for half a minute must leave it time for better things.
        self.patient_from = 0

    def run(self, stop):
        begin = time.monotonic()
        while not stop.wait(self.rng.uniform(1, 4)):
            lasts = self.rng.uniform(1, 4)
            kind = self.draw(begin + self.seconds - time.monotonic() - lasts)
            if kind is None:
                return
            self.counts[kind] += 1
            begun = time.monotonic()
            self.begin(kind)
            stop.wait(lasts)
            self.end(kind)
            now = time.monotonic()
            self.active += now - begun
            if self.kinds[kind] == REQUEST:
                self.patient_from = now + 2 * REQUEST

    def draw(self, left):
        """The next kind that is over by the end; `None` when there is none."""
        allowed = {
            kind for kind, aftermath in self.kinds.items()
            if aftermath < left and (aftermath < REQUEST or time.monotonic() >= self.patient_from)}
        if not allowed.intersection(self.deck):
            self.deck += self.rng.sample(list(self.kinds), len(self.kinds))
        for kind in self.deck:
            if kind in allowed:
                self.deck.remove(kind)
                return kind
        return None

    def begin(self, kind):
        if kind != "dns":
            return self.keeper.set_faults(self.specs(kind))
        for agent in self.agents:
            agent.lose_name()

    def specs(self, kind):
        choose = self.rng.choice
        # Only who connects anew meets these: each agent loses the connection that it keeps.
        if kind in ("tls-close", "tls-hang"):
            return ["reset*1"] * len(self.agents) + [kind]
        return [{
            "corrupt-record": lambda: f"{kind}={choose(self.keeper.uids)}",
            # Some 700 KB in a few seconds at most.
            "slow": lambda: f"slow={choose((200_000, 300_000, 500_000))}",
            # At times only one of them hangs, and the other goes on.
            "hang": lambda: choose(("hang", "hang*1")),
            # Asked once, the agent goes over to the other id of the key; asked always, it gives up.
            "wrong-key": lambda: choose(("wrong-key", "wrong-key*1")),
        }.get(kind, lambda: kind)()]

    def end(self, kind):
        if kind != "dns":
            return self.keeper.set_faults([])
        for agent in self.agents:
            agent.configure(agent.good)


class Gauge:
    """What one agent takes of the machine, each second."""

    def __init__(self, agent):
        self.agent = agent
        self.samples = []
        # Those taken soon after a refresh had ended: not what it holds for half a minute while Keeper hangs.
        self.resting = []
        self.metrics = ""

    def run(self, stop):
        begin = time.monotonic()
        while not stop.is_set():
            code = self.agent.process.poll()
            if code is not None:
                raise Violation(f"ended by itself with {code}")
            self.samples.append((time.monotonic() - begin, *self.agent.sample()))
            before = self.refreshes()
            self.look()
            if self.refreshes() > before:
                self.resting.append(self.samples[-1])
            stop.wait(max(0, begin + len(self.samples) - time.monotonic()))

    def look(self):
        begin = time.monotonic()
        for path in ("/healthz", "/readyz", "/metrics"):
            status, body = self.agent.ask(path)
            if status != 200:
                raise Violation(f"{path} answers {status}")
        self.metrics = body
        if time.monotonic() - begin > 3:
            raise Violation(f"health took {time.monotonic() - begin:.1f} s")

    def refreshes(self):
        return sum(self.metric("keeper_sidecar_refresh_total", "result").values())

    def metric(self, name, label=None):
        """{label: count}, or the one number."""
        found = re.findall(rf'^{name}(?:{{{label}="([^"]*)"}})? (\S+)$', self.metrics, re.MULTILINE)
        counts = {key: int(float(value)) for key, value in found}
        return counts if label else counts.get("", 0)


def slopes(points):
    """By least squares, and the median of all pairs' (Theil and Sen), which a single step does not move."""
    if len(points) < 3:
        return 0.0, 0.0
    squares = statistics.linear_regression(*zip(*points)).slope
    pairs = [
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for index, earlier in enumerate(points) for later in points[index + 1:]]
    return squares, statistics.median(pairs)


def floors(samples, column, every=4):
    """The least of each few seconds: what is there between two refreshes, without what a refresh needs."""
    groups = [samples[start:start + every] for start in range(0, len(samples) - every + 1, every)]
    return [min(((sample[0], sample[column]) for sample in group), key=lambda point: point[1]) for group in groups]


def growth(gauge, column, seconds):
    """KiB per minute by least squares over the last two thirds, and what a steady growth would come to in the whole
    run. A leak makes both slopes; code that runs for the first time (a step) makes only the first."""
    points = [point for point in floors(gauge.resting, column) if point[0] >= gauge.samples[-1][0] / 3]
    squares, median = slopes(points)
    return squares * 60, min(squares, median) * seconds


class Soak:
    def __init__(self, options, place):
        seed = options.seed
        self.seconds, self.place, self.findings = options.seconds, place, Findings()
        self.settled = self.left = 0
        self.rest = []
        self.keeper = Keeper(options.executables, place, random.Random(f"{seed} changes"))
        self.agents = [
            Agent(options.executables, place, self.keeper, backend, options.interval) for backend in ("tmpfs", "fuse")]
        self.readers = [
            Reader(agent, self.keeper, options.hold and agent.backend == "fuse") for agent in self.agents]
        self.gauges = [Gauge(agent) for agent in self.agents]
        self.saboteur = Saboteur(self.keeper, self.agents, random.Random(f"{seed} faults"), self.seconds, options.also)

    def start(self, who, job, *arguments):
        def body():
            with self.findings.watching(who):
                job(*arguments)

        # A reader that a broken file system never lets go must not keep us from the end.
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    def run(self):
        reading = [self.start(f"reader of {reader.agent.backend}", reader.run) for reader in self.readers]
        self.wait(lambda: all(reader.reads for reader in self.readers), "a first generation", 30)
        begin, stop = time.monotonic(), threading.Event()
        working = [
            self.start("changes", self.keeper.change_every_second, stop),
            self.start("faults", self.saboteur.run, stop)]
        working += [self.start(f"agent of {gauge.agent.backend}", gauge.run, stop) for gauge in self.gauges]
        while time.monotonic() < begin + self.seconds and not self.findings.stop.wait(0.2):
            self.watch()
        stop.set()
        self.join(working)
        self.expect_nothing()
        self.settle()
        for reader in self.readers:
            reader.stop.set()
        self.join(reading)
        self.expect_nothing()
        self.judge()
        self.leave()

    def watch(self):
        for reader in self.readers:
            silence = time.monotonic() - reader.seen_at
            if silence > LONGEST_SILENCE:
                self.findings.add(
                    f"reader of {reader.agent.backend}: change {reader.number} of {len(self.keeper.changes)} "
                    f"for {silence:.0f} s")

    def wait(self, condition, what, limit):
        end = time.monotonic() + limit
        while not condition():
            self.expect_nothing()
            for agent in self.agents:
                if agent.process.poll() is not None:
                    raise Violation(f"the agent of {agent.backend} ended with {agent.process.returncode}")
            if time.monotonic() > end:
                seen = ", ".join(f"{reader.agent.backend}: change {reader.number}" for reader in self.readers)
                raise Violation(f"no {what} within {limit} s; {seen} of {len(self.keeper.changes)}")
            time.sleep(0.02)

    def join(self, threads):
        for thread in threads:
            thread.join(15)
            if thread.is_alive():
                raise Violation("a thread of the harness hangs: does a file system not answer?")

    def expect_nothing(self):
        if self.findings.texts:
            raise Violation("\n        ".join(self.findings.texts))

    def settle(self):
        """The last word of Keeper reaches everybody; then a few samples of agents with nothing to do."""
        self.keeper.change_any()
        last = len(self.keeper.changes)
        begin = time.monotonic()
        self.wait(lambda: all(reader.number == last for reader in self.readers), "final state", 20)
        self.settled = time.monotonic() - begin
        # What the last fault left behind (a look-up in a thread of its own) has its time to end.
        self.wait(lambda: self.is_at_rest(), "rest of the agents", 15)
        self.rest = [[] for _ in self.agents]
        for _ in range(8):
            time.sleep(0.4)
            for agent, samples in zip(self.agents, self.rest):
                samples.append(agent.sample())
        for gauge in self.gauges:
            gauge.look()

    def is_at_rest(self):
        old = [name for name in os.listdir(self.agents[0].secrets) if re.match(r"\.\.2\d{3}_", name)]
        return len(old) == 1 and not any(agent.children() for agent in self.agents)

    def judge(self):
        for gauge, rest in zip(self.gauges, self.rest):
            who = gauge.agent.backend
            for column, what, excess in ((3, "descriptors", 2), (4, "threads", 0)):
                before = max(sample[column] for sample in gauge.samples[:max(1, len(gauge.samples) // 3)])
                after = min(sample[column - 1] for sample in rest)
                if after > before + excess:
                    raise Violation(f"{who}: {after} {what} at the end, at most {before} in the first third")
            for column, what in ((1, "RSS"), (2, "anonymous memory")):
                rate, total = growth(gauge, column, self.seconds)
                if self.seconds >= 60 and total >= GROWTH_LIMIT:
                    raise Violation(
                        f"{who}: {what} grows by {rate:.0f} KiB/min, {total:.0f} KiB in the run: "
                        f"{[point[1] for point in floors(gauge.resting, column)]}")
        for reader in self.readers:
            # One in 30 s is far less than happens, and far more than a reader that does not look.
            if reader.generations < 1 + self.seconds / 30:
                raise Violation(f"{reader.agent.backend}: only {reader.generations} generations were seen")

    def leave(self):
        begin = time.monotonic()
        for agent in self.agents:
            agent.process.send_signal(signal.SIGTERM)
        for agent in self.agents:
            try:
                code = agent.process.wait(max(0.01, begin + 2 - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise Violation(f"{agent.backend}: still there 2 s after SIGTERM") from None
            if code != 0:
                raise Violation(f"{agent.backend}: exit code {code} after SIGTERM")
        self.left = time.monotonic() - begin
        if mounts_below(self.place):
            raise Violation(f"still mounted: {mounts_below(self.place)}")
        for agent in self.agents:
            self.check_log(agent)

    def check_log(self, agent):
        log = pathlib.Path(agent.log).read_bytes()
        configuration = json.loads(agent.good)
        for pattern in (SECRET, GENERATED):
            if match := pattern.search(log):
                raise Violation(f"{agent.backend}: a value is in the log: {match[0][:10].decode()}-...")
        for key in ("privateKey", "appKey", "clientId"):
            if configuration[key].encode() in log:
                raise Violation(f"{agent.backend}: {key} of the configuration is in the log")
        for record, value in self.keeper.changes:
            # Also without its beginning.
            if value[-16:].encode() in log:
                raise Violation(f"{agent.backend}: {self.keeper.names[record]}, {Reader.describe(value)}, in the log")

    def report(self):
        counts = self.saboteur.counts
        print(f"changes      {len(self.keeper.changes)} in {RECORDS} records")
        print(
            f"faults       {sum(counts.values())}, {self.saboteur.active:.0f} s of {self.seconds:.0f}: "
            + ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())))
        with contextlib.suppress(OSError, RuntimeError):
            counters = api(self.keeper.page, "GET", "/api/counters")
            print(f"answers      {table(counters['results'])}; failed handshakes {counters['failedHandshakes']}")
        for gauge, reader in zip(self.gauges, self.readers):
            self.report_agent(gauge, reader)

    def report_agent(self, gauge, reader):
        if not gauge.samples:
            return
        print(
            f"{gauge.agent.backend:<12} generations {reader.generations} of {len(self.keeper.changes)} changes in "
            f"{reader.reads} reads, {reader.retries} retries, at most {reader.longest:.0f} s without a new one")
        print(
            f"  refreshes  {table(gauge.metric('keeper_sidecar_refresh_total', 'result'))}; errors "
            f"{table(gauge.metric('keeper_sidecar_refresh_errors_total', 'reason'))}; fetches "
            f"{gauge.metric('keeper_sidecar_fetch_duration_seconds_count')}")
        requests = gauge.metric("keeper_sidecar_requests_total", "result")
        if requests:
            print(f"  requests   {table(requests)}")
        for column, what in ((1, "RSS"), (2, "anonymous")):
            rate, total = growth(gauge, column, self.seconds)
            values = [sample[column] for sample in gauge.samples]
            print(
                f"  {what:<10} {rate:+.0f} KiB/min (steady: {total:+.0f} KiB in the run); {values[0]} at first, "
                f"{min(values)}-{max(values)}, {values[-1]} at last")
        for column, what in ((3, "fds"), (4, "threads")):
            values = [sample[column] for sample in gauge.samples]
            rest = self.rest[self.gauges.index(gauge)] if self.rest else []
            end = f", at rest {min(sample[column - 1] for sample in rest)}" if rest else ""
            print(f"  {what:<10} {min(values)}-{max(values)}{end}")


def table(counts):
    return ", ".join(f"{key} {value}" for key, value in sorted(counts.items()) if value) or "none"


def mounts_below(path):
    with open("/proc/self/mounts") as lines:
        return [line.split()[1] for line in lines if line.split()[1].startswith(path)]


def clean(place):
    """Processes first: without its server a FUSE mount lets everybody go who waits for it."""
    for process in running:
        process.kill()
        process.wait()
    for path in reversed(mounts_below(place)):
        subprocess.run(["umount", "-l", path], stderr=subprocess.DEVNULL, check=False)
    # Never into a mount that stayed.
    if not mounts_below(place):
        shutil.rmtree(place, ignore_errors=True)


def interrupted(number, _):
    raise Violation(f"ended by {signal.Signals(number).name}")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("executables", type=os.path.abspath)
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed")
    parser.add_argument("--interval", default="1s")
    parser.add_argument("--hold", action="store_true", help="at times, read FUSE by a handle that is old by then")
    parser.add_argument("--also", action="append", default=[], help="a further fault of the emulator; repeatable")
    return parser.parse_args()


def failed(soak, violation):
    print(f"FAILED: {violation}", flush=True)
    if soak:
        for agent in soak.agents:
            print(f"  last words of {agent.backend}:\n{agent.last_words()}", end="")
    return 1


def main():
    options = arguments()
    if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
        print("this needs root and /dev/fuse")
        return 77
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, interrupted)
    # Should the harness itself hang.
    signal.alarm(int(options.seconds) + 150)
    place = tempfile.mkdtemp(prefix="keeper-soak.", dir="/dev/shm")
    soak, code = None, 0
    try:
        print(f"seed {options.seed}, {options.seconds:.0f} s, refreshed every {options.interval}", flush=True)
        soak = Soak(options, place)
        soak.run()
    except Violation as violation:
        code = failed(soak, violation)
    finally:
        signal.alarm(0)
        if soak:
            soak.report()
        clean(place)
    if code == 0:
        print(f"ok           final state after {soak.settled:.1f} s, ended {soak.left:.2f} s after SIGTERM")
    return code


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    # Not sys.exit: a daemon thread in a hanging read would be waited for.
    os._exit(exit_code)
