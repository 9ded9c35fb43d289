"""A stub of the Hugging Face Hub's HTTP API: what `huggingface_hub` asks when it uploads and downloads a model."""

import base64
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_secretOfTheTest"
COMMIT = "a" * 40


class Hub:
    """What the stub holds, and what tests make it do wrong."""

    def __init__(self):
        self.files = {}
        self.large = set()
        """Names of the files that stand in its large-file storage, with a digest."""
        self.repos = {}
        """Name to whether it is private."""
        self.requests = []
        self.answers = {}
        """Path of a request, a regular expression, to (status, body) that is sent instead."""
        self.sizes = {}
        """Name to the size that is said instead of the true one."""
        self.digests = {}
        self.address = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self._answer("GET")

    def do_HEAD(self):
        self._answer("HEAD")

    def do_POST(self):
        self._answer("POST")

    def do_PUT(self):
        self._answer("PUT")

    def _answer(self, method):
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        hub.requests.append((method, path, self.headers.get("Authorization")))
        for pattern, (status, text) in hub.answers.items():
            if re.fullmatch(pattern, path):
                return self._send(status, {"error": text})
        if method == "POST" and path == "/api/repos/create":
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self._send(401, {"error": "Invalid credentials"})
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
            hub.repos[name] = asked.get("private") or asked.get("visibility") == "private"
            return self._send(200, {"url": f"{hub.address}/{name}", "name": name, "id": name})
        if path == "/api/validate-yaml":
            return self._send(200, {"errors": [], "warnings": []})
        if path.startswith("/objects/"):
            hub.files[path] = body
            return self._send(200, {})
        for repo in hub.repos:
            found = self._of_repo(method, path, body, repo)
            if found:
                return None
        return self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})

    def _of_repo(self, method, path, body, repo):
        hub = self.hub
        if method == "POST" and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._send(401, {"error": "Invalid credentials"})
        elif path.startswith(f"/api/models/{repo}/preupload/"):
            files = [
                {"path": each["path"], "shouldIgnore": False,
                 "uploadMode": "lfs" if each["path"].endswith(".safetensors") else "regular"}
                for each in json.loads(body)["files"]
            ]  # fmt: skip
            self._send(200, {"files": files})
        elif path == f"/{repo}.git/info/lfs/objects/batch":
            objects = [
                {**each, "actions": {"upload": {"href": f"{hub.address}/objects/{each['oid']}"}}}
                for each in json.loads(body)["objects"]
            ]
            self._send(200, {"transfer": "basic", "objects": objects})
        elif path.startswith(f"/api/models/{repo}/commit/"):
            for line in body.decode().splitlines():
                value = json.loads(line)
                entry = value["value"]
                if value["key"] == "file":
                    hub.files[entry["path"]] = base64.b64decode(entry["content"])
                elif value["key"] == "lfsFile":
                    hub.files[entry["path"]] = hub.files.pop(f"/objects/{entry['oid']}")
                    hub.large.add(entry["path"])
            self._send(
                200, {"success": True, "commitOid": COMMIT, "commitUrl": f"{hub.address}/{repo}/commit/{COMMIT}"}
            )
        elif path == f"/api/models/{repo}" or path.startswith(f"/api/models/{repo}/revision/"):
            if path.endswith("/no-such"):
                return self._send(404, {"error": "Invalid rev"}, {"X-Error-Code": "RevisionNotFound"}) or True
            siblings = []
            for name, content in hub.files.items():
                size = hub.sizes.get(name, len(content))
                digest = hub.digests.get(name, hashlib.sha256(content).hexdigest())
                lfs = {"lfs": {"sha256": digest, "size": size, "pointerSize": 130}} if name in hub.large else {}
                siblings.append({"rfilename": name, "size": size, "blobId": "b" * 40, **lfs})
            self._send(200, {"id": repo, "modelId": repo, "sha": COMMIT, "siblings": siblings, "tags": []})
        elif path.startswith(f"/{repo}/resolve/{COMMIT}/"):
            name = path.rsplit("/", 1)[1]
            content = hub.files.get(name)
            if content is None:
                return self._send(404, {"error": "no"}, {"X-Error-Code": "EntryNotFound"}) or True
            etag = hashlib.sha256(content).hexdigest()
            self._send(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, is_head=method == "HEAD")
        else:
            return False
        return True

    def _send(self, status, value, headers=None, is_head=False):
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if isinstance(value, bytes) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        if not is_head and self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def serve_hub():
    """Serve a stub on this machine; yields what it holds."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        hub.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield hub
        server.shutdown()
