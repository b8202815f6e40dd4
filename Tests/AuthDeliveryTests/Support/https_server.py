# SPDX-License-Identifier: Apache-2.0
"""A small HTTP or HTTPS server for the tests: prints its port, ends when its standard input does."""

import http.server
import os
import sys
import threading

from certificate import make_context

folder, scheme = sys.argv[1:3]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/silent":
            threading.Event().wait()
        status = {"/keys": 200, "/large": 200, "/token": 200, "/elsewhere": 302}.get(self.path, 404)
        body = b"x" * 5000 if self.path == "/large" else b'{"keys":[]}'
        if self.path == "/token":
            body = str(self.headers.get("Authorization")).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/keys")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
if scheme == "https":
    context = make_context(folder)
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
