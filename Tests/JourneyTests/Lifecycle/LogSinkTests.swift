// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// A log without a reader: a stuck journal, a stopped terminal, a container whose output is not read.
@Suite("Standard error without a reader", .oneAtATime, .timeLimit(.minutes(10)))
struct LogSinkTests {
    @Test("the daemon keeps answering, and logs how many lines were lost when the log is read again")
    func stuckReader() async throws {
        try await Installation.with(.sqlite, ["RATE_LIMIT_ENABLED": "false"]) { installation in
            let log = installation.directory.file("log.fifo")
            try #require(mkfifo(log, 0o600) == 0)
            let process = try ChildProcess(
                ["sh", "-c", #"exec "$0" serve 2>log.fifo"#, try AuthdBinary.path],
                environment: installation.environment, directory: installation.directory.path, limit: 300)
            let reader = try ChildProcess(
                ["cat", log], environment: Command.environment, directory: installation.directory.path, limit: 300)
            let start = await reader.progress { String(decoding: $0.output, as: UTF8.self).contains("authd is ready") }
            let daemon = try RunningDaemon(process, log: String(decoding: start.output, as: UTF8.self))

            reader.signal(SIGSTOP)
            // Each is logged, with the longest identifier of its own, and together they are more than pipe and queue hold.
            let identifier = "X-Request-ID: " + String(repeating: "x", count: 64)
            let requests = try await Command(
                [
                    "curl", "-sS", "-o", "/dev/null", "--max-time", "60", "-H", identifier,
                    daemon.base + "/nothing/[1-7000]",
                ]
            ).run()
            #expect(requests.succeeded, "\(requests.errors)")
            try await daemon.send("GET", "/health").expect(200)
            _ = try await daemon.signUp("grace")
            let metrics = try await daemon.send("GET", "/metrics")
            let lost = metrics.body.split(separator: "\n").first { $0.hasPrefix("authd_log_lines_lost_total ") }
            let count: Int? = lost.flatMap { Int($0.split(separator: " ")[1]) }
            #expect(try #require(count) > 0, "\(metrics)")

            reader.signal(SIGCONT)
            let end = await reader.progress {
                String(decoding: $0.output, as: UTF8.self).contains("log lines were lost count=")
            }
            #expect(end.end == nil)
            process.signal(SIGTERM)
            #expect(await process.ended().end == .exited(0))
            let rest = await reader.ended()
            #expect(String(decoding: rest.output, as: UTF8.self).contains("stopped"))
        }
    }

    @Test("the daemon exits although its log is not read")
    func ends() async throws {
        try await Installation.with(.sqlite) { installation in
            let log = installation.directory.file("log.fifo")
            try #require(mkfifo(log, 0o600) == 0)
            let process = try ChildProcess(
                ["sh", "-c", #"exec "$0" serve 2>log.fifo"#, try AuthdBinary.path],
                environment: installation.environment, directory: installation.directory.path, limit: 120)
            let reader = try ChildProcess(
                ["cat", log], environment: Command.environment, directory: installation.directory.path, limit: 300)
            let start = await reader.progress { String(decoding: $0.output, as: UTF8.self).contains("authd is ready") }
            let daemon = try RunningDaemon(process, log: String(decoding: start.output, as: UTF8.self))
            reader.signal(SIGSTOP)
            let requests = try await Command(
                ["curl", "-sS", "-o", "/dev/null", "--max-time", "60", daemon.base + "/nothing/[1-1000]"]
            ).run()
            #expect(requests.succeeded, "\(requests.errors)")

            process.signal(SIGTERM)

            #expect(await process.ended().end == .exited(0))
            reader.signal(SIGKILL)
        }
    }
}
