# SPDX-License-Identifier: Apache-2.0
"""An HTTP or HTTPS server for the tests, well-behaved and not: prints its port, ends when its standard input does."""

import http.server
import itertools
import os
import sys
import threading
from urllib.parse import unquote

from certificate import make_context

folder, scheme = sys.argv[1:3]
requests = itertools.count(1)
stopped = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        number = next(requests)
        path, _, query = self.path.partition("?")
        hostile = getattr(self, "send_" + path[1:].replace("-", "_"), None)
        if hostile:
            self.close_connection = True
            try:
                hostile()
            except OSError:
                pass
            return
        if path == "/keys":
            self.answer(200, b'{"keys":[]}')
        elif path == "/large":
            self.answer(200, b"x" * 5000)
        elif path == "/token":
            self.answer(200, str(self.headers.get("Authorization")).encode())
        elif path == "/requests":
            self.answer(200, str(number).encode())
        elif path == "/redirect":
            self.answer(302, b"secret marker", Location=unquote(query))
        elif path == "/elsewhere":
            self.answer(302, b"", Location="/keys")
        elif path == "/fields":
            fields = {"Cache-Control": "max-age=60", "ETag": '"a"', "X-Spaces": " \t b \t ", "X-Wide": "\u00e4"}
            self.answer(200, b"{}", **fields)
        elif path == "/failure":
            self.answer(500, b"secret marker")
        else:
            self.answer(404, b"{}")

    def do_POST(self):
        next(requests)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = [self.headers.get("Content-Type"), self.headers.get("X-Signature"), self.headers.get("Expect")]
        self.answer(307 if self.path == "/elsewhere" else 201, repr(fields).encode() + body)

    def answer(self, status, body, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def repeat(self, start, part, pause):
        self.wfile.write(start)
        while not stopped.wait(pause):
            self.wfile.write(part)

    def send_silent(self):
        stopped.wait()

    def send_endless(self):
        self.repeat(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096, 0)

    def send_slow_body(self):
        self.repeat(b"HTTP/1.1 200 OK\r\n\r\n", b"x", 0.01)

    def send_slow_header(self):
        self.repeat(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.01)

    def send_slow_fields(self):
        self.repeat(b"HTTP/1.1 200 OK\r\n", b"X-Slow: x\r\n", 0.01)

    def send_long_field(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 300_000 + b"\r\nContent-Length: 2\r\n\r\n{}")

    def send_many_fields(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-Field: x\r\n" * 4000 + b"Content-Length: 2\r\n\r\n{}")

    def send_many_interim(self):
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 4000)
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def send_interim(self):
        self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nETag: early\r\n\r\n")
        self.wfile.write(b"HTTP/1.1 200 OK\r\nETag: late\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\n\r\n")
        self.wfile.write(b"2\r\n{}\r\n0\r\nETag: trailing\r\n\r\n")

    def send_no_http(self):
        self.wfile.write(b"secret marker\r\n\r\n")

    def send_cut(self):
        self.wfile.write(b"HTTP/1.1 200 secret marker\r\nContent-Length: 100\r\n\r\nsecret marker")

    def send_bad_length(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: secret marker\r\n\r\nsecret marker")

    def send_bad_chunk(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsecret marker\r\nsecret marker\r\n")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
if scheme == "https":
    server.socket = make_context(folder).wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
