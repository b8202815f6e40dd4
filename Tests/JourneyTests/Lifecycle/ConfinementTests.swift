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

    private static let secrets = ["6f1d2b9e4c7a8053e2d1c4b7a6958f30", "03f8596a7b4c1d2e3508a7c4e9b2d1f6"]

    @Test("`systemctl reload` has the daemon use the secrets that files have by then")
    func reload() async throws {
        let settings = [
            "PORT": "0", "PUBLIC_URL": "http://localhost:8000", "CHANGE_FEED_SECRETS_FILE": "/var/lib/authd/feed",
        ]
        try await Confinement.with(settings) { confinement in
            try confinement.writeState(Self.secrets[0] + "\n", to: "feed")
            try await confinement.servingAsUnit { daemon in
                try await daemon.send("GET", "/auth/changes", token: Self.secrets[0]).expect(200)
                try confinement.writeState(Self.secrets[1] + "\n", to: "feed")
                try await confinement.reload(daemon)
                _ = await daemon.log(with: "secret replaced setting=CHANGE_FEED_SECRETS_FILE")
                try await daemon.send("GET", "/auth/changes", token: Self.secrets[0]).expect(401)
                try await daemon.send("GET", "/auth/changes", token: Self.secrets[1]).expect(200)
            }
        }
    }

    @Test("the daemon takes secrets that systemd hands over as the page on deployment shows")
    func credentials() async throws {
        let block = try MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")).text("Secrets in files #3")
        let settings = [
            "PORT": "0", "PUBLIC_URL": "http://localhost:8000", "SMTP_HOST": "localhost", "SMTP_USER": "authd",
            "EMAILS_FROM_EMAIL": "accounts@example.com",
        ]
        try await Confinement.with(settings) { confinement in
            let lines = try block.adapted([
                ("/etc/authd/smtp-password", try confinement.write("harbour office 1\n", to: "smtp-password")),
                (
                    "/etc/authd/change-feed-secrets",
                    try confinement.write(Self.secrets.joined(separator: "\n"), to: "change-feed-secrets")
                ),
            ]).split(separator: "\n").map(String.init)
            #expect(lines.first == "[Service]" && lines.count == 5)
            for line in lines.dropFirst() { try confinement.addToUnit(line) }

            let seen = try await confinement.shellAsUnit(
                "stat --format='%n %a' $SMTP_PASSWORD_FILE $CHANGE_FEED_SECRETS_FILE; ls /etc/authd")
            #expect(
                seen.output == """
                    /run/credentials/authd.service/smtp-password 400
                    /run/credentials/authd.service/change-feed-secrets 400
                    authd.env

                    """, "\(seen)")
            try await confinement.servingAsUnit { daemon in
                for secret in Self.secrets {
                    try await daemon.send("GET", "/auth/changes", token: secret).expect(200)
                }
            }
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
