// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import AuthStoreSQLite
import Testing

@Suite("Tampering with the audit log in the file") struct AuditTamperingTests {
    private static let chain = AuditChain { message in
        let hash = message.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        return (0..<32).map { UInt8(truncatingIfNeeded: hash >> UInt64($0 % 8 * 8)) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statements: [SQL]
        let fault: AuditFault?
    }

    static let cases: [Case] = [
        Case(testDescription: "nothing", statements: [], fault: nil),
        Case(
            testDescription: "an edited action",
            statements: [SQL("UPDATE audit_events SET action = 'sign_out' WHERE sequence = 4")],
            fault: AuditFault(4, .altered)),
        Case(
            testDescription: "an action that there is none of",
            statements: [SQL("UPDATE audit_events SET action = 'nothing' WHERE sequence = 4")],
            fault: AuditFault(4, .altered)),
        Case(
            testDescription: "an edited time",
            statements: [SQL("UPDATE audit_events SET at_us = at_us + 1 WHERE sequence = 9")],
            fault: AuditFault(9, .altered)),
        Case(
            testDescription: "an edited address",
            statements: [SQL("UPDATE audit_events SET source = '198.51.100.1' WHERE sequence = 2")],
            fault: AuditFault(2, .payloadAltered)),
        Case(
            testDescription: "a single event made many",
            statements: [SQL("UPDATE audit_events SET count = 2 WHERE sequence = 3")],
            fault: AuditFault(3, .altered)),
        Case(
            testDescription: "many events made one",
            statements: [SQL("UPDATE audit_events SET count = 1 WHERE sequence = 11")],
            fault: AuditFault(11, .altered)),
        Case(
            testDescription: "a count that cannot be",
            statements: [SQL("UPDATE audit_events SET count = 0 WHERE sequence = 3")],
            fault: AuditFault(3, .altered)),
        Case(
            testDescription: "a dropped row", statements: [SQL("DELETE FROM audit_events WHERE sequence = 5")],
            fault: AuditFault(5, .missing)),
        Case(
            testDescription: "a row taken out of the chain",
            statements: [SQL("UPDATE audit_events SET sequence = NULL WHERE sequence = 5")],
            fault: AuditFault(5, .missing)),
        Case(
            testDescription: "two rows that changed places",
            statements: [
                SQL("UPDATE audit_events SET sequence = 1000 WHERE sequence = 6"),
                SQL("UPDATE audit_events SET sequence = 6 WHERE sequence = 7"),
                SQL("UPDATE audit_events SET sequence = 7 WHERE sequence = 1000"),
            ],
            fault: AuditFault(6, .altered)),
        Case(
            testDescription: "a tail that was cut off",
            statements: [SQL("DELETE FROM audit_events WHERE sequence > 8")],
            fault: AuditFault(9, .truncated)),
    ]

    @Test("the first bad event is named", arguments: cases)
    func tampering(_ test: Case) async throws {
        try await withDriver { driver, database in
            let store = try await Self.log(of: 12, in: driver)
            let outsider = try Outsider(database)
            for statement in test.statements { try outsider.run(Statement(statement)) }

            #expect(try await Self.fault(in: store) == test.fault)
        }
    }

    @Test("a checkpoint reveals a truncated log, also when it has grown again")
    func cutBehindCheckpoint() async throws {
        try await withDriver { driver, database in
            let store = try await Self.log(of: 12, in: driver)
            let checkpoint = try #require(try await store.auditState().head)
            let eighth = try #require(try await store.sealedAuditEntries(after: 7, limit: 1).first?.event?.seal?.link)
            let outsider = try Outsider(database)
            try outsider.run(Statement(SQL("DELETE FROM audit_events WHERE sequence > 8")))
            try outsider.run(
                Statement(
                    SQL("UPDATE audit_head SET sequence = $1, digest = $2"),
                    [.int64(eighth.sequence), .bytes(eighth.digest)]))

            #expect(try await Self.fault(in: store) == nil, "the database alone cannot show it")
            #expect(try await Self.fault(in: store, checkpoint) == AuditFault(9, .headBehind))
            try await Self.record(7, in: store)
            #expect(try await Self.fault(in: store, checkpoint) == AuditFault(12, .checkpointMismatch))
        }
    }

    @Test("an event that commits after a later one was sealed is sealed later")
    func lateCommit() async throws {
        try await withDriver { driver, database in
            let store = try await Self.log(of: 3, in: driver)
            try Outsider(database).run(
                Statement(SQL("INSERT INTO audit_events (cursor, at_us, action) VALUES (-5, 1, 'sign_out')")))

            try await Self.record(1, in: store)

            let entries = try await store.sealedAuditEntries(after: 3, limit: 10)
            #expect(entries.map(\.event?.cursor) == [-5, 4])
            #expect(entries.map(\.sequence) == [4, 5])
            #expect(try await Self.fault(in: store) == nil)
        }
    }

    private static func log(of count: Int, in driver: SQLiteDriver) async throws -> SQLAuthStore<SQLiteDriver> {
        try await SchemaMigrator(driver).up(at: Timestamp(seconds: 1))
        let store = SQLAuthStore(driver)
        try await record(count, in: store)
        return store
    }

    private static func record(_ count: Int, in store: SQLAuthStore<SQLiteDriver>) async throws {
        let context = OperationContext(now: Timestamp(seconds: 1_800_000_000), source: "192.0.2.1", userAgent: "probe")
        try await store.record(
            (0..<count).map { number in
                guard number == 10 else { return AuditEvent(.signIn, in: context) }
                return AuditEvent(
                    at: context.now, action: .signIn, refusal: "unknown_user", actor: nil, target: nil, sessionID: nil,
                    source: "2001:db8::/48", userAgent: nil, requestID: nil, count: 7)
            })
        if try await store.auditState().head == .start {
            let stored = StoredAuditSegment(
                segment: segment.segment, digest: segment.start.link.digest, sealedKey: [1])
            #expect(try await store.openAuditSegment(stored, after: .start, recording: nil))
        }
        let head = try #require(try await store.auditState().head)
        _ = try await store.sealAudit(after: head, limit: 100) { events in
            chain.seals(for: events, after: head.link, entropy: [UInt8](repeating: 3, count: 16 * events.count))
        }
    }

    private static let segment = AuditVerification.Segment(
        AuditSegment(
            number: 1, reason: .firstStart, openedAt: Timestamp(seconds: 1), author: "authd", found: .start),
        chain: chain)

    private static func fault(
        in store: SQLAuthStore<SQLiteDriver>, _ checkpoints: AuditHead...
    ) async throws -> AuditFault? {
        let head = try #require(try await store.auditState().head)
        var verification = AuditVerification([segment], upTo: head, expecting: checkpoints)
        for entry in try await store.sealedAuditEntries(after: 0, limit: 100) {
            if let fault = verification.take(entry) { return fault }
        }
        return verification.end(at: head)
    }
}
