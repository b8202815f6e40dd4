// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Sealing and checking the audit log") struct AuditSealingTests {
    private func events(_ count: Int) -> [AuditEvent] {
        let context = OperationContext(
            now: Timestamp(seconds: 1_800_000_000), source: "192.0.2.1", userAgent: "probe", requestID: "r")
        return (0..<count).map { _ in AuditEvent(.mailFailed, in: context) }
    }

    @Test("every event of a service is sealed, and the chain verifies")
    func sealing() async throws {
        let authority = try await TestAuthority()
        _ = try await authority.signIn(as: "ada")
        let recorded = try await authority.store.auditEvents(before: nil, limit: 100).count
        #expect(try await authority.service.audit.verify().unsealedCount == Int64(recorded))

        #expect(try await authority.service.audit.seal() == recorded)

        let report = try await authority.service.audit.verify()
        #expect(report.fault == nil)
        #expect(report.count == Int64(recorded))
        #expect(report.unsealedCount == 0)
        #expect(try await authority.service.audit.seal() == 0)
    }

    @Test("a checkpoint is signed after the first event, after a thousand events, and after an hour with a new one")
    func checkpoints() async throws {
        let authority = try await TestAuthority()
        let before = Int64(try await authority.store.auditEvents(before: nil, limit: 100).count)
        func sealed(_ count: Int) async throws -> [Int64] {
            try await authority.store.record(events(count))
            try await authority.service.audit.seal()
            return authority.events.checkpoints.map { $0.head.link.sequence - before }
        }

        #expect(try await sealed(1) == [1])
        #expect(try await sealed(999) == [1])
        #expect(try await sealed(1) == [1, 1_001])
        authority.clock.advance(by: .seconds(3_599))
        #expect(try await sealed(1) == [1, 1_001])
        authority.clock.advance(by: .seconds(1))
        await authority.service.runMaintenance()
        #expect(authority.events.checkpoints.last?.head.link.sequence == before + 1_002)
        authority.clock.advance(by: .seconds(7_200))
        await authority.service.runMaintenance()
        #expect(authority.events.checkpoints.count == 3, "nothing was new")
        #expect(try await authority.service.audit.verify().fault == nil)
    }

    @Test("a checkpoint with the signature of another key, or of another head, is rejected")
    func forgery() async throws {
        let authority = try await TestAuthority()
        try await authority.store.record(events(5))
        try await authority.service.audit.seal()
        let real = try #require(authority.events.checkpoints.last)
        #expect(try await authority.service.audit.verify(against: real).fault == nil)

        let given = AuditCheckpoint(head: real.head, at: real.at, signature: real.signature.reversed())
        let sequence = real.head.link.sequence
        #expect(
            try await authority.service.audit.verify(against: given).fault == AuditFault(sequence, .checkpointForged))

        try await authority.store.record(events(1))
        try await authority.service.audit.seal()
        let head = try #require(try await authority.store.auditState().head)
        let other = AuditCheckpoint(head: head, at: real.at, signature: real.signature)
        #expect(
            try await authority.service.audit.verify(against: other).fault
                == AuditFault(head.link.sequence, .checkpointForged))
    }

    @Test("a kept checkpoint reveals a log that was truncated together with its checkpoints")
    func lostEnd() async throws {
        let authority = try await TestAuthority()
        try await authority.store.record(events(5))
        try await authority.service.audit.seal()
        let kept = try #require(authority.events.checkpoints.last)

        let restored = try await TestAuthority()
        try await restored.service.audit.seal()

        #expect(try await restored.service.audit.verify().fault == nil)
        // The same seed: the root key of both is the same, the segment's key as well.
        let fault = try #require(try await restored.service.audit.verify(against: kept).fault)
        #expect([.headBehind, .checkpointMismatch, .checkpointForged].contains(fault.reason))
    }

    @Test("verification can begin in the middle, and reports a missing starting event")
    func beginning() async throws {
        let authority = try await TestAuthority()
        try await authority.store.record(events(1_200))
        try await authority.service.audit.seal()
        let total = try await authority.service.audit.verify().count

        #expect(try await authority.service.audit.verify(from: 1_001).count == total - 1_000)
        #expect(try await authority.service.audit.verify(from: total + 1).fault == nil)
        #expect(
            try await authority.service.audit.verify(from: 9_999).fault == AuditFault(9_998, .missing))
    }

    @Test("a log verifies after erasing, which is audited")
    func erasing() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada").user.id
        _ = try await authority.service.signIn.withPassword(
            SignInAttempt(identifier: "ada", password: try Password(TestAuthority.password)),
            from: ClientContext(source: "192.0.2.7", userAgent: "line\nbreak", requestID: "r"))
        try await authority.service.audit.seal()

        let count = try await authority.service.audit.erasePayload(of: ada, by: .commandLine, from: ClientContext())
        try await authority.service.audit.seal()

        // The sign-in, and that it came from a new device.
        #expect(count == 2)
        let report = try await authority.service.audit.verify()
        #expect(report.fault == nil)
        #expect(report.erasedCount == 2)
        let events = try await authority.service.audit.events(matching: AuditQuery(limit: 100))
        #expect(events.allSatisfy { $0.event.source == nil && $0.event.userAgent == nil })
        #expect(events.first?.event.action == .auditErased)
        #expect(events.first?.event.target == ada)
    }
}

extension ObservedEvents {
    fileprivate var checkpoints: [AuditCheckpoint] {
        all.compactMap { event in
            if case .auditCheckpoint(let checkpoint) = event { checkpoint } else { nil }
        }
    }
}
