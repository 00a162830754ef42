"""A server of a test's own, and a client for it. Each script beside this file is a test: it passes when it ends with status 0."""
import contextlib, http.client, json, os, re, shutil, signal, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CELLAR = os.environ.get("CELLAR_PROGRAM") or os.path.join(ROOT, ".build/release/cellar")
JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()

    def __repr__(self):
        return f"{self.status} {self.headers.get('content-type')} {self.body[:400]!r}"


class Server:
    """A running `cellar serve`. Its store goes with it, unless a folder was given."""

    def __init__(self, *options, data=None, log=False):
        self.folder = data or tempfile.mkdtemp(prefix="cellar-served-")
        self.keeps = data is not None
        self.errors = tempfile.TemporaryFile()
        command = [CELLAR, "serve", "--port", "0", "--data", self.folder, "--log", "on" if log else "off", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.errors)
        found = re.search(rb"http://127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        if not found:
            self.process.wait()
            self.errors.seek(0)
            raise AssertionError("the server did not start: " + self.errors.read().decode())
        self.port = int(found[1])

    def connect(self, timeout=60):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers={}):
        headers = dict(headers)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, None, {name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path, body=None, **headers):
        return self.ask("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def session(self, **members):
        answer = self.post("/v1/sessions", members)
        assert answer.status == 201, answer
        return answer.json["id"]

    def run(self, session, code, **options):
        answer = self.post(f"/v1/sessions/{session}/runs", {"code": code, **options})
        assert answer.status == 200, answer
        return answer.json

    def log_lines(self):
        self.errors.seek(0)
        return [json.loads(line) for line in self.errors.read().decode().splitlines() if line.startswith("{")]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(60)
        self.process.stdout.close()
        if not self.keeps:
            shutil.rmtree(self.folder, ignore_errors=True)
        return status


@contextlib.contextmanager
def serving(*options, **settings):
    server = Server(*options, **settings)
    try:
        yield server
    finally:
        server.stop()


def events(text):
    """The events of a stream, as (name, id, data)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return found


def refused(answer, status, code):
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json", answer
    problem = answer.json
    assert problem["code"] == code, answer
    assert problem["status"] == status and problem["title"] and problem["detail"].endswith("."), answer
    return problem
