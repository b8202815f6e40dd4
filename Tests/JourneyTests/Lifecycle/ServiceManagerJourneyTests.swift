// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// What systemd, or another manager that speaks its protocol, hears of the daemon.
@Suite("Service manager", .oneAtATime, .timeLimit(.minutes(5)))
struct ServiceManagerJourneyTests {
    @Test(
        "the manager hears when the daemon is ready and when it ends, at a path or an abstract name",
        arguments: ["", "@"])
    func states(prefix: String) async throws {
        try await Installation.with(.sqlite) { installation in
            let manager = try await NotificationSocket(at: prefix + installation.directory.file("notify"))
            try await installation.serving(["NOTIFY_SOCKET": manager.address]) { daemon in
                let started = try await manager.datagrams { $0.contains { $0.hasPrefix("READY=1") } }
                #expect(started.first == "STATUS=Opening the database")
                #expect(started.last == "READY=1 STATUS=Serving at \(daemon.address)")
                // On a loaded machine a start asks for time again.
                #expect(Set(started.dropFirst().dropLast()) == ["EXTEND_TIMEOUT_USEC=30000000"], "\(started)")
                // Told by now, and not before it is so.
                try await daemon.send("GET", "/health/database").expect(200)
            }
            // The delay of development, the grace time, and what `TimeoutStopSec=` of the unit adds to them.
            let ended = try await manager.datagrams()
            #expect(ended.last == "STOPPING=1 STATUS=Shutting down EXTEND_TIMEOUT_USEC=55000000", "\(ended)")
            await manager.close()
        }
    }

    @Test("a daemon that works says so again and again to the manager that watches it, and to no other")
    func watchdog() async throws {
        try await Installation.with(.sqlite) { installation in
            let manager = try await NotificationSocket(at: installation.directory.file("notify"))
            let watched = installation.with(["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "200000"])
            try await watched.serving { _ in
                _ = try await manager.datagrams { $0.count { $0 == "WATCHDOG=1" } > 3 }
            }
            let before = try await manager.datagrams().count
            try await watched.serving(["WATCHDOG_PID": "1"]) { daemon in
                try await daemon.send("GET", "/health").expect(200)
            }
            let after = try await manager.datagrams().dropFirst(before)
            #expect(after.contains { $0.hasPrefix("READY=1") } && !after.contains("WATCHDOG=1"), "\(after)")
            await manager.close()
        }
    }

    @Test("a start that is refused is never called ready")
    func refused() async throws {
        try await Installation.with(.sqlite) { installation in
            let manager = try await NotificationSocket(at: installation.directory.file("notify"))
            let taken = try LoopbackSocket.listening()
            defer { close(taken.descriptor) }
            let refused = installation.with(["NOTIFY_SOCKET": manager.address, "PORT": "\(taken.port)"])
            let outcome = try await refused.authd("serve")
            #expect(outcome.end == .exited(1), "\(outcome)")
            let datagrams = try await manager.datagrams()
            #expect(datagrams.first == "STATUS=Opening the database")
            #expect(!datagrams.contains { $0.contains("READY=1") }, "\(datagrams)")
            await manager.close()
        }
    }

    @Test("a manager that is gone keeps no daemon from serving, and the log says that it could not be told")
    func gone() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving(["NOTIFY_SOCKET": installation.directory.file("nothing")]) { daemon in
                let log = await daemon.log(with: "the service manager cannot be told")
                #expect(log.contains("authd is ready"))
                try await daemon.send("GET", "/health").expect(200)
            }
        }
    }
}
