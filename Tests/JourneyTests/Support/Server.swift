// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// A server that a test starts in front of or behind the daemon, on a port of this machine.
struct Server: Sendable {
    let process: ChildProcess
    let port: UInt16

    var base: String { "http://127.0.0.1:\(port)" }

    /// Starts a program and waits until its port takes connections in.
    init(_ command: [String], port: UInt16, directory: TemporaryDirectory) async throws {
        self.port = port
        var environment = Command.environment
        environment["HOME"] = directory.path
        process = try ChildProcess(command, environment: environment, directory: directory.path, limit: 300)
        let waiting = try await Command(
            "curl", "--silent", "--output", "/dev/null", "--insecure", "--max-time", "20", "--retry", "100",
            "--retry-connrefused", "--retry-delay", "0", "--retry-max-time", "30", base
        ).run()
        let progress = await process.progress { _ in true }
        // Whatever it answers, it listens.
        guard waiting.succeeded || waiting.end == .exited(1) || waiting.end == .exited(52), progress.end == nil else {
            process.signal(SIGKILL)
            throw Failure("\(command.joined(separator: " ")) does not listen: \(waiting)\n\(progress.errorText)")
        }
    }

    func stop() async {
        process.signal(SIGTERM)
        await process.ended()
    }

    /// nginx with the text of one `server`, or what stands in one, between the lines that it cannot do without.
    static func nginx(_ http: String, port: UInt16, in directory: TemporaryDirectory) async throws -> Server {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(directory.file($0));" }.joined(separator: "\n")
        try directory.write(
            """
            daemon off;
            pid \(directory.file("nginx.pid"));
            error_log stderr;
            events {}
            http {
            access_log off;
            \(temporary)
            \(http)
            }
            """, to: "nginx.conf")
        let program = ["/usr/sbin/nginx", "-e", "stderr", "-c", directory.file("nginx.conf")]
        return try await Server(program, port: port, directory: directory)
    }

    /// A service that answers with the header fields it was sent, a line each, names in lower case.
    static func echo(in directory: TemporaryDirectory) async throws -> Server {
        try await answering(200, in: directory)
    }

    /// The same with another status under `/auth/`, and with a `Retry-After` of 7 seconds where that is no success.
    static func answering(_ status: Int, in directory: TemporaryDirectory) async throws -> Server {
        let port = try LoopbackSocket.freePort()
        let program = """
            import http.server, sys
            class Echo(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    body = "".join(f"{name.lower()}: {value}\\n" for name, value in self.headers.items()).encode()
                    status = int(sys.argv[2]) if self.path.startswith("/auth/") else 200
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    if status >= 400: self.send_header("Retry-After", "7")
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *arguments): pass
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
            """
        return try await Server(
            ["/usr/bin/python3", "-c", program, "\(port)", "\(status)"], port: port, directory: directory)
    }
}
