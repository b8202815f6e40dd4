// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The daemon without privilege: as its unit and its container image promise to run it.
@Suite("Confinement of the daemon", .oneAtATime, .timeLimit(.minutes(5)))
struct ConfinementTests {
    @Test("the daemon serves under every restriction of its systemd unit")
    func unit() async throws {
        try await Confinement.with(["PORT": "0", "PUBLIC_URL": "http://localhost:8000"]) { confinement in
            try await confinement.servingAsUnit { daemon in
                try await goThrough(daemon)
                let files = try FileManager.default.contentsOfDirectory(atPath: confinement.state)
                #expect(files.contains("authd.db") && files.contains("authd.db.key"), "\(files)")
            }
            // What it stored is found by the next start.
            try await confinement.servingAsUnit { daemon in _ = try await daemon.signIn("grace") }
        }
    }

    @Test("under its unit the daemon tells systemd that it is ready, that it works, and that it ends")
    func notification() async throws {
        try await Confinement.with(["PORT": "0", "PUBLIC_URL": "http://localhost:8000"]) { confinement in
            try confinement.setInUnit("WatchdogSec", "1")
            let manager = try await NotificationSocket(at: confinement.socket("notify"))
            try await confinement.servingAsUnit(environment: ["NOTIFY_SOCKET": manager.address]) { daemon in
                let datagrams = try await manager.datagrams { $0.count { $0 == "WATCHDOG=1" } > 1 }
                #expect(datagrams.contains("READY=1 STATUS=Serving at \(daemon.address)"), "\(datagrams)")
            }
            let datagrams = try await manager.datagrams()
            #expect(datagrams.contains { $0.hasPrefix("STOPPING=1 ") }, "\(datagrams)")
            await manager.close()
        }
    }

    @Test("the daemon serves as its container runs it: read-only root, no capability, user 10001")
    func container() async throws {
        try await Confinement.with(["PORT": "0", "HOST": "0.0.0.0", "PUBLIC_URL": "http://localhost:8000"]) {
            confinement in
            try await confinement.servingAsContainer { daemon in try await goThrough(daemon) }
        }
    }

    private func goThrough(_ daemon: RunningDaemon) async throws {
        let grace = try await daemon.signUp("grace")
        try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
        let refreshed = try await daemon.send("POST", "/auth/refresh", json: #"{"refresh_token":"\#(grace.refresh)"}"#)
        refreshed.expect(200)
        try await daemon.send("POST", "/auth/logout", token: try refreshed.text("access_token")).expect(200)
        try await daemon.send("GET", "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
    }

    /// Something that a restriction of the unit forbids, as shell text that says `allowed` where it is not forbidden.
    struct Forbidden: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let attempt: String
    }

    private static func python(_ text: String) -> String {
        """
        /usr/bin/python3 -c '
        import ctypes, mmap, os, socket
        libc = ctypes.CDLL(None, use_errno=True)
        \(text)
        print("allowed")'
        """
    }

    // A confinement that confines nothing would let the tests above pass.
    @Test(
        "the confinement of these tests refuses what the unit forbids",
        arguments: [
            Forbidden(testDescription: "writing to the root", attempt: "touch /x && echo allowed"),
            Forbidden(testDescription: "writing to /usr", attempt: "touch /usr/x && echo allowed"),
            Forbidden(testDescription: "writing to /etc", attempt: "touch /etc/authd/authd.env && echo allowed"),
            Forbidden(
                testDescription: "leaving files that others can read",
                attempt: "touch f; [ $(stat -c %a f) = 600 ] || echo allowed"),
            Forbidden(
                testDescription: "holding a capability",
                attempt:
                    "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status | grep -v 0000000000000000 && echo allowed"),
            Forbidden(
                testDescription: "gaining privilege", attempt: "grep 'NoNewPrivs:.*0' /proc/self/status && echo allowed"
            ),
            Forbidden(testDescription: "seeing home directories", attempt: "ls /home | grep . && echo allowed"),
            Forbidden(testDescription: "reading about the machine", attempt: "grep . /proc/cpuinfo && echo allowed"),
            Forbidden(testDescription: "dumping memory", attempt: "[ $(ulimit -c) = 0 ] || echo allowed"),
            Forbidden(
                testDescription: "another network family", attempt: python("socket.socket(socket.AF_NETLINK, 3)")),
            Forbidden(testDescription: "memory to write and execute", attempt: python("mmap.mmap(-1, 4096, prot=7)")),
            Forbidden(testDescription: "set-user-ID files", attempt: "touch g; chmod 4755 g && echo allowed"),
            Forbidden(testDescription: "a new namespace", attempt: python("assert libc.unshare(0x10000000) == 0")),
            Forbidden(testDescription: "another host name", attempt: python(#"assert libc.sethostname(b"x", 1) == 0"#)),
            Forbidden(testDescription: "another personality", attempt: python("assert libc.personality(8) != -1")),
            Forbidden(testDescription: "a privileged system call", attempt: python("os.chroot(\"/tmp\")")),
            Forbidden(
                testDescription: "real-time scheduling",
                attempt: python("os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))")),
        ])
    func forbids(_ forbidden: Forbidden) async throws {
        try await Confinement.with([:]) { confinement in
            let outcome = try await confinement.shellAsUnit("echo reached\n" + forbidden.attempt)
            #expect(outcome.output.contains("reached"), "\(outcome)")
            #expect(!outcome.output.contains("allowed"), "\(outcome)")
        }
    }

    // By default libdispatch tells syslog, and so the journal, what is no line of the daemon's.
    @Test("under its unit the journal has only the daemon's own lines")
    func quietLibraries() async throws {
        try await Confinement.with([:]) { confinement in
            let outcome = try await confinement.shellAsUnit("echo $LIBDISPATCH_LOG")
            #expect(outcome.output == "NO\n", "\(outcome)")
        }
    }

    @Test("a line of the unit that no confinement knows is an error, so that each one was tried")
    func unknownLine() async throws {
        try await Confinement.with([:]) { confinement in
            let known = try await confinement.shellAsUnit("true")
            #expect(known.succeeded, "\(known)")
            try confinement.addToUnit("RestrictGravity=true")
            let unknown = try await confinement.shellAsUnit("true")
            #expect(unknown.errors.contains("RestrictGravity"), "\(unknown)")
            #expect(!unknown.succeeded)
        }
    }
}
