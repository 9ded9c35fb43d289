"""A publisher's web server on this machine."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Publisher:
    """A web server on this machine that publishes files: bytes, or a path, by name."""

    def __init__(self, files):
        self.files = files
        self.chunk_pause_s = 0.0
        self.status = 200
        self.released = threading.Event()
        self.released.set()
        self.requests = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.rpartition("/")[2]
                publisher.requests.append(name)
                publisher.released.wait(20)
                if publisher.status != 200 or name not in publisher.files:
                    self.send_error(publisher.status if publisher.status != 200 else 404)
                    return
                content = publisher.files[name]
                content = content if isinstance(content, bytes) else content.read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                try:
                    for start in range(0, len(content), 40_000):
                        self.wfile.write(content[start : start + 40_000])
                        time.sleep(publisher.chunk_pause_s)
                except OSError:
                    pass  # the reader has gone

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/mnist/"

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
