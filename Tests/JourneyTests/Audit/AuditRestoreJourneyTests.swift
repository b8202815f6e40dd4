// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The audit log after its database was restored to an earlier state, and after old events were removed, as an operator
/// meets both.
@Suite("Audit log after a restore and with removed events", .oneAtATime, .timeLimit(.minutes(10)))
struct AuditRestoreJourneyTests {
    private static let day = 86_400

    @Test("a daemon seals nothing after a restore until the operator accepts it, and then goes on by itself")
    func restore() async throws {
        try await Installation.with(.sqlite, Installation.quiet) { installation in
            let directory = installation.directory
            try await installation.serving { daemon in
                _ = try await daemon.signUp("ada")
                try await installation.awaitSealing()
            }
            // No daemon runs, so the file is all of the database.
            try await Command("sqlite3", directory.file("authd.db"), ".backup '\(directory.file("backup.db"))'")
                .succeed()
            let kept = try await installation.lastSealed()
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                _ = try await daemon.signUp("judy")
                try await installation.awaitSealing()
            }
            let lost = try await installation.lastSealed()
            try #require(kept < lost)
            let head = try String(contentsOfFile: directory.file("authd.db.audit-head"), encoding: .utf8)
            #expect(head.contains(" sequence=\(lost) "), "\(head)")
            try await Self.restore("backup.db", in: installation)

            try await installation.serving { daemon in
                let log = await daemon.log(with: "audit log not sealed")
                #expect(log.contains(" error audit log not sealed"), "\(log)")
                _ = try await daemon.signIn("ada")
                try await Self.awaitRefusals(2, of: daemon)

                // Recorded, and left as they are by every attempt since.
                #expect(try await installation.unsealed() > 0)
                #expect(try await installation.lastSealed() == kept)
                #expect(try String(contentsOfFile: directory.file("authd.db.audit-head"), encoding: .utf8) == head)
                let values = try await daemon.send("GET", "/metrics").body
                #expect(values.contains("\nauthd_audit_sealing 0\n"), "\(values)")
                try await daemon.send("GET", "/health/database").expect(200)

                let verified = try await installation.authd("audit", "verify")
                #expect(verified.end == .exited(1), "\(verified)")
                #expect(verified.errors.contains("The audit log ends before event \(kept + 1) "), "\(verified)")
                #expect(verified.errors.contains("run `authd audit accept-restore`"), "\(verified)")
                try await Self.accept(installation, kept: kept, lost: lost)

                let resumed = await daemon.log(with: "audit log sealed again")
                #expect(resumed.contains("lost=\(kept + 1)-\(lost)"), "\(resumed)")
                try await installation.awaitSealing()
                #expect(try await daemon.send("GET", "/metrics").body.contains("\nauthd_audit_sealing 1\n"))
            }
            let nothing = try await installation.authd("audit", "accept-restore")
            #expect(nothing.succeeded && nothing.output.contains("there is nothing to accept"), "\(nothing)")
            let verified = try await installation.authd("audit", "verify")
            #expect(verified.succeeded, "\(verified)")
            let remark = "after event \(kept); events \(kept + 1) to \(lost) were lost\n"
            #expect(verified.output.contains("restore accepted: ") && verified.output.contains(remark), "\(verified)")
            #expect(verified.output.contains(", 0 not sealed yet\n"), "\(verified)")
            // The head that was lost is known to be lost, and no contradiction.
            let former = try await installation.authd("audit", "verify", "--checkpoint", head)
            #expect(former.succeeded, "\(former)")
            #expect(former.output.contains("lost by a restore that was accepted: the checkpoint of event \(lost)"))
        }
    }

    /// Refuses without a confirmation, and accepts with one.
    private static func accept(_ installation: Installation, kept: Int, lost: Int) async throws {
        let unconfirmed = try await installation.authd("audit", "accept-restore", input: "yes\n")
        #expect(unconfirmed.end == .exited(1), "\(unconfirmed)")
        #expect(
            unconfirmed.errors.contains("Nothing was changed. Without a terminal, confirm with --yes."),
            "\(unconfirmed)")
        #expect(unconfirmed.output.contains("expected\tsegment 1\tevent \(lost)\n"), "\(unconfirmed)")
        #expect(unconfirmed.output.contains("found\tsegment 1\tevent \(kept)\n"), "\(unconfirmed)")
        #expect(unconfirmed.output.contains("lost\tevents \(kept + 1) to \(lost)\n"), "\(unconfirmed)")
        #expect(try await installation.authd("audit", "verify").end == .exited(1))

        let accepted = try await installation.authd("audit", "accept-restore", "--yes")
        #expect(accepted.succeeded, "\(accepted)")
        #expect(accepted.output.hasSuffix("accepted\tsegment 2\n"), "\(accepted)")
    }

    @Test("a head file that cannot be used stops sealing and the commands, each with the same sentence")
    func unusableHeadFile() async throws {
        try await Installation.with(.sqlite, Installation.quiet) { installation in
            let name = "authd.db.audit-head"
            try await installation.serving { daemon in
                _ = try await daemon.signUp("ada")
                try await installation.awaitSealing()
            }
            let sealed = try await installation.lastSealed()
            let head = try String(contentsOfFile: installation.directory.file(name), encoding: .utf8)
            try installation.directory.write("not a checkpoint\n", to: name)
            let sentence = "\(name) does not hold an audit checkpoint: put one from the log into it"

            try await installation.serving { daemon in
                let log = await daemon.log(with: "audit head not kept")
                #expect(log.contains(sentence), "\(log)")
                _ = try await daemon.signIn("ada")
                try await Self.awaitRefusals(2, of: daemon)
                #expect(try await installation.lastSealed() == sealed)
                #expect(try await daemon.send("GET", "/metrics").body.contains("\nauthd_audit_sealing 0\n"))
                for command in [["verify"], ["accept-restore", "--yes"], ["cut", "--older-than", "100"]] {
                    let refused = try await installation.run(["audit"] + command)
                    #expect(refused.end == .exited(1) && refused.errors.contains(sentence), "\(refused)")
                }

                // The daemon reads the file again by itself.
                try installation.directory.write(head, to: name)
                try await installation.awaitSealing()
            }
            let verified = try await installation.authd("audit", "verify")
            #expect(verified.succeeded, "\(verified)")
        }
    }

    @Test("events are removed by age with a record that verification shows, and younger ones are not")
    func cut() async throws {
        try await Installation.with(.sqlite, Installation.quiet) { installation in
            let clock = try await SystemClockShim(in: installation.directory)
            try clock.set(ahead: -100 * Self.day)
            try await installation.serving(clock.environment) { daemon in
                _ = try await daemon.signUp("ada")
                try await installation.awaitSealing()
            }
            let old = try await installation.lastSealed()
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                try await installation.awaitSealing()

                let young = try await installation.authd("audit", "cut", "--older-than", "30")
                #expect(young.end == .exited(1), "\(young)")
                #expect(young.errors.contains("Events are kept for AUDIT_RETENTION_MINIMUM_DAYS: "), "\(young)")
                let none = try await installation.authd("audit", "cut", "--older-than", "200")
                #expect(none.succeeded && none.output == "There are no sealed events to remove.\n", "\(none)")
                #expect(try await installation.firstSealed() == 1)

                let unasked = try await installation.authd("audit", "cut", "--older-than", "95")
                #expect(unasked.end == .exited(1) && unasked.errors.contains("confirm with --yes"), "\(unasked)")
                #expect(unasked.errors.contains("which will be removed for good"), "\(unasked)")
                let removed = try await installation.authd("audit", "cut", "--older-than", "95", "--yes")
                #expect(removed.succeeded, "\(removed)")
                #expect(removed.output == "removed\t\(old) events\tup to event \(old)\n", "\(removed)")
                // The daemon seals the record of it after what it knew.
                try await installation.awaitSealing()
                #expect(try await daemon.send("GET", "/metrics").body.contains("\nauthd_audit_sealing 1\n"))
            }
            #expect(try await installation.firstSealed() == old + 1)
            let verified = try await installation.authd("audit", "verify")
            #expect(verified.succeeded, "\(verified)")
            #expect(verified.output.contains("removed: events up to \(old), on "), "\(verified)")
            #expect(verified.output.contains(" by command line, user "), "\(verified)")
            let usage = try await installation.authd("audit", "cut")
            #expect(usage.end == .exited(64), "\(usage)")
        }
    }

    /// Puts a copy in the place of the database, of which no daemon runs.
    private static func restore(_ backup: String, in installation: Installation) async throws {
        let database = installation.directory.file("authd.db")
        let restoring = """
            rm -f \(database)-wal \(database)-shm
            cp \(installation.directory.file(backup)) \(database)
            """
        let restored = try await installation.shell(restoring)
        try #require(restored.succeeded, "\(restored)")
    }

    /// Waits until sealing was refused so many times more, once a second.
    private static func awaitRefusals(_ count: Int, of daemon: RunningDaemon) async throws {
        let start = try await refusals(of: daemon)
        for _ in 0..<10_000 {
            if try await refusals(of: daemon) >= start + count { return }
        }
        throw Failure("sealing is not refused any more")
    }

    private static func refusals(of daemon: RunningDaemon) async throws -> Int {
        let metrics = try await daemon.send("GET", "/metrics").body
        let line = try #require(metrics.firstMatch(of: #/\nauthd_audit_sealing_refusals_total (\d+)\n/#), "\(metrics)")
        return try #require(Int(line.output.1))
    }
}

extension Installation {
    /// Waits until the daemon has sealed every event and kept the head of that.
    fileprivate func awaitSealing() async throws {
        for _ in 0..<10_000 {
            guard try await unsealed() == 0 else { continue }
            let last = try await lastSealed()
            let head = try? String(contentsOfFile: directory.file("authd.db.audit-head"), encoding: .utf8)
            if head?.contains(" sequence=\(last) ") == true { return }
        }
        throw Failure("the events are not sealed")
    }

    fileprivate func unsealed() async throws -> Int {
        try await number("SELECT count(*) FROM audit_events WHERE sequence IS NULL")
    }

    fileprivate func lastSealed() async throws -> Int {
        try await number("SELECT coalesce(max(sequence), 0) FROM audit_events")
    }

    fileprivate func firstSealed() async throws -> Int {
        try await number("SELECT coalesce(min(sequence), 0) FROM audit_events")
    }

    /// The number that a query of the SQLite database gives.
    private func number(_ sql: String) async throws -> Int {
        let text = try await Command("sqlite3", "-cmd", ".timeout 10000", directory.file("authd.db"), sql).succeed()
        return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), "\(text)")
    }
}
