// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The audit log as an operator meets it: sealed by the daemon, checked and erased at the machine.
@Suite("Audit log", .oneAtATime, .timeLimit(.minutes(10)))
struct AuditLogTests {
    @Test("an intact log verifies, also after erasing, and an edited row is named", arguments: DatabaseKind.allCases)
    func tampering(on database: DatabaseKind) async throws {
        try await Installation.with(database, Installation.quiet) { installation in
            let (sequence, line) = try await installation.serving { daemon in
                let root = try await installation.administrator(of: daemon)
                let ada = try await daemon.signUp("ada")
                let path = "/audit?action=sign_in&target=\(ada.id)"
                let sequence = try await Self.sealed(path, of: daemon, token: root.access)
                let line = await daemon.process.progress { Self.checkpoint(in: $0.errorText) != nil }
                return (sequence, try #require(Self.checkpoint(in: line.errorText)))
            }

            let verified = try await installation.authd("audit", "verify", "--checkpoint", line)
            #expect(verified.succeeded, "\(verified)")
            #expect(verified.output.contains("events are as recorded (payload erased from 0)"), "\(verified)")
            #expect(verified.output.contains("last checkpoint: sequence="), "\(verified)")
            try installation.linkBinary(at: "bin/authd")
            let commands = try Self.page.text("The audit log #2").adapted([
                (try Self.page.text("The audit log #1"), line), ("--from 3001", "--from \(sequence)"),
            ])
            let documented = try await installation.shell(commands)
            #expect(documented.succeeded, "\(documented)")
            #expect(documented.output.matches(of: /events are as recorded/).count == 3, "\(documented)")
            let erased = try await installation.authd("audit", "erase", "--user", "ada", "--yes")
            #expect(erased.output == "erased from 2 events\n", "\(erased)")
            let again = try await installation.authd("audit", "verify")
            #expect(again.output.contains("(payload erased from 2), 1 not sealed yet"), "\(again)")

            try await installation.execute(
                "UPDATE \(database.auditTable) SET action = 'sign_out' WHERE sequence = \(sequence)")
            let altered = try await installation.authd("audit", "verify")
            #expect(altered.end == .exited(1), "\(altered)")
            #expect(altered.errors.contains("event \(sequence) (altered)"), "\(altered)")
            let later = try await installation.authd("audit", "verify", "--from", "\(sequence + 1)")
            #expect(later.succeeded, "\(later)")

            try await installation.execute("DELETE FROM \(database.auditTable)")
            let cut = try await installation.authd("audit", "verify")
            #expect(cut.errors.contains("event 1 (truncated)"), "\(cut)")
            let foreign = try await installation.authd("audit", "verify", "--checkpoint", "sequence=1 digest=AA")
            #expect(foreign.end == .exited(64), "\(foreign)")
        }
    }

    private static var page: MarkdownPage {
        get throws { MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")) }
    }

    @Test("a checkpoint is logged as the page on deployment shows it")
    func checkpointLine() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let log = await daemon.log(with: "audit checkpoint")
                let written = try #require(Self.checkpoint(in: log))
                let shown = try Self.page.text("The audit log #1")

                let time = #/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z notice audit checkpoint /#
                #expect(shown.contains(time) && written.contains(time), "\(written)")
                #expect(Self.names(in: shown) == Self.names(in: written), "\(written)")
            }
        }
    }

    /// The names of a line's fields, in order.
    private static func names(in line: String) -> [Substring] {
        line.split(separator: " ").filter { $0.contains("=") }.compactMap { $0.split(separator: "=").first }
    }

    /// Waits until the newest event of a list is sealed and gives its number.
    private static func sealed(_ path: String, of daemon: RunningDaemon, token: String) async throws -> Int {
        for _ in 0..<1_000 {
            let page = try await daemon.send("GET", path, token: token)
            if let number = try page.json["items"]?.array?.first?["sequence"]?.number { return Int(number) }
        }
        throw Failure("the event is not sealed")
    }

    private static func checkpoint(in log: String) -> String? {
        log.split(separator: "\n").first { $0.contains("audit checkpoint") }.map(String.init)
    }
}

extension DatabaseKind {
    fileprivate var auditTable: String {
        switch self {
        case .sqlite: "audit_events"
        case .postgres: "authd.audit_events"
        }
    }
}

extension Installation {
    /// Runs SQL behind the daemon's back.
    fileprivate func execute(_ sql: String) async throws {
        guard let url = settings["DATABASE_URL"] else {
            let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
            try await Command("python3", "-c", script, directory.file("authd.db"), sql).succeed()
            return
        }
        try await PostgresCluster.shared.execute(sql, in: url)
    }
}
