"""An app that is told to reload over HTTP: reload_app.py PORT.

Prints a line for each request. While the file /tmp/keeper-reload-PORT exists it answers 500.
"""
import http.server
import os
import sys

PORT = int(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", -1))
        print(f"POST {self.path} {length}", flush=True)
        self.send_response(500 if os.path.exists(f"/tmp/keeper-reload-{PORT}") else 204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
print("ready", flush=True)
server.serve_forever()
