// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// More clients than the system has descriptors for.
@Suite("Few descriptors", .oneAtATime, .timeLimit(.minutes(10)))
struct DescriptorTests {
    @Test("with a low limit one connection too many is answered 503, and idle ones are closed")
    func lowLimit() async throws {
        try await Installation.with(.sqlite) { installation in
            let daemon = try await RunningDaemon(installation, through: ["prlimit", "--nofile=64:64"])
            let idle = try Self.connections(300, to: daemon)
            defer { for one in idle { close(one) } }

            let statuses = try await Self.statuses(of: daemon, until: 200)

            #expect(statuses.allSatisfy { [200, 503].contains($0) }, "\(statuses)")
            // Which of the two comes first depends on how many connections are taken in at once.
            let words = [
                "connections refused: the limit on all connections is reached", "accepting connections paused",
            ]
            let log = await daemon.process.progress { progress in words.contains(where: progress.errorText.contains) }
                .errorText
            #expect(log.contains("connection limit lowered"), "\(log)")
            #expect(words.contains { log.contains($0) }, "\(log)")
            #expect(!log.contains(" critical "), "\(log)")
            try await daemon.stop()
        }
    }

    @Test("when descriptors run out, accepting pauses instead of spinning, and idle connections are closed")
    func exhaustion() async throws {
        try await Installation.with(.sqlite) { installation in
            let daemon = try await RunningDaemon(installation)
            let pid = try #require(daemon.process.pid)
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
            // Room for the files that the daemon's own work still opens, which no idle connection gives back.
            let limit = open + 50
            try await Command("prlimit", "--pid", "\(pid)", "--nofile=\(limit):\(limit)").succeed()
            let before = try Self.processorTicks(of: pid)
            let idle = try Self.connections(100, to: daemon)
            defer { for one in idle { close(one) } }

            _ = try await Self.statuses(of: daemon, until: 200)
            let ticks = try Self.processorTicks(of: pid) - before
            let metrics = try await daemon.send("GET", "/metrics")

            let pauses = try #require(Self.value(of: "authd_accept_pauses_total", in: metrics.body))
            #expect(pauses > 0)
            #expect(try #require(Self.value(of: "authd_connections_gave_way_total", in: metrics.body)) > 0)
            // A pause is ten ticks long: who tried on and on would use all of them.
            #expect(ticks < 4 * pauses + 50, "\(ticks) ticks in \(pauses) pauses")
            let log = await daemon.log(with: "accepting connections paused")
            #expect(log.contains("accepting connections paused"), "\(log)")
            #expect(log.split(separator: "\n").filter { $0.contains("accepting connections paused") }.count <= 2)
            try await daemon.stop()
        }
    }

    /// Connections that say nothing.
    private static func connections(_ count: Int, to daemon: RunningDaemon) throws -> [Int32] {
        let port = try #require(UInt16(daemon.port))
        return (0..<count).compactMap { _ in LoopbackSocket.connected(to: port) }
    }

    /// The statuses that new clients see, one after another, until one is served.
    private static func statuses(of daemon: RunningDaemon, until last: Int) async throws -> [Int] {
        var statuses: [Int] = []
        for _ in 0..<1_000 {
            let outcome = try await daemon.curl([daemon.base + "/health"])
            // What is refused at once may be reset under a client that is still sending.
            guard outcome.succeeded, let response = try? Response(outcome.output) else { continue }
            statuses.append(response.status)
            if response.status == last { return statuses }
        }
        throw Failure("no client was answered \(last): \(statuses.suffix(10))")
    }

    private static func value(of metric: String, in text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(metric + " ") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// User and system time, in hundredths of a second.
    private static func processorTicks(of pid: pid_t) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 13, let user = Int(fields[11]), let system = Int(fields[12]) else {
            throw Failure("no times in \(text)")
        }
        return user + system
    }
}
