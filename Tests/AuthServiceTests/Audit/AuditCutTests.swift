// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import Testing

@Suite("Removing old events from the audit log") struct AuditCutTests {
    private static let day = Duration.seconds(86_400)

    private let store = InMemoryAuthStore(isShared: true)
    private let clock = ManualClock()

    private func authority(
        removingAfter period: Duration? = nil, on other: (any AuthStore)? = nil
    ) async throws -> TestAuthority {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.auditRetention = AuditRetention(period: period, minimum: Self.day)
        return try await TestAuthority(settings: settings, store: other ?? store, clock: clock)
    }

    /// Records events of an age, which one of the services seals.
    private func seal(_ count: Int, _ age: Duration = .zero, by authority: TestAuthority) async throws {
        let context = OperationContext(
            now: clock.now - age, source: "192.0.2.1", userAgent: "probe", requestID: "r")
        try await authority.store.record((0..<count).map { _ in AuditEvent(.mailFailed, in: context) })
        #expect(try await authority.service.audit.seal() == count)
    }

    private func record(of removal: AuditRemoval) throws -> AuditCut {
        guard case .removed(_, let cut?) = removal else { throw MissingRecord(removal: removal) }
        return cut
    }

    @Test("a removal leaves a signed record of its author, its last event and its time, and the rest verifies")
    func removal() async throws {
        let authority = try await authority()
        try await seal(5, Self.day * 3, by: authority)
        let fifth = try #require(try await store.auditState().head)
        try await seal(3, by: authority)
        let cutoff = clock.now - Self.day

        let removal = try await authority.service.audit.cut(before: cutoff, by: "Ada")

        let cut = try record(of: removal)
        #expect(removal == .removed(5, cut))
        #expect(cut == AuditCut(through: fifth, cutoff: cutoff, at: clock.now, author: "Ada", signedBy: 1))
        let state = try await store.auditState()
        #expect(state.first == 6)
        #expect(state.cutThrough == 5)
        #expect(try await store.auditEvents(before: nil, limit: 1).first?.event.action == .auditCut)
        let report = try await authority.service.audit.verify()
        #expect(report.fault == nil)
        #expect(report.cut == cut)
        #expect(report.count == 3)
        #expect(report.unsealedCount == 1)
        #expect(try await authority.service.audit.seal() == 1)
        #expect(try await authority.service.audit.cut(before: cutoff, by: "Ada") == .removed(0, nil))
    }

    @Test("a service whose last known event was removed meanwhile goes on, and so does one that starts")
    func following() async throws {
        let first = try await authority()
        let second = try await authority()
        try await seal(2, Self.day * 3, by: first)
        try await second.service.audit.seal()
        try await seal(3, Self.day * 3, by: first)
        try await seal(1, by: first)
        _ = try record(of: try await first.service.audit.cut(before: clock.now - Self.day, by: "Ada"))

        #expect(try await second.service.audit.seal() == 1)
        try await seal(1, by: try await authority())

        #expect(second.service.audit.health.isSealing)
        #expect(try await second.service.audit.verify().fault == nil)
    }

    @Test("a service that seals while it removes events is not taken for one whose log was restored")
    func sealingMeanwhile() async throws {
        let store = ObservedStore()
        let authority = try await authority(on: store)
        try await seal(5, Self.day * 3, by: authority)
        try await seal(2, by: authority)
        try await store.record([AuditEvent(.mailFailed, in: OperationContext(now: clock.now))])
        let audit = authority.service.audit
        store.afterNext(.auditState) { () throws(StoreError) in
            _ = try? await audit.seal()
        }

        let removal = try await audit.cut(before: clock.now - Self.day, by: "Ada")

        #expect(try removal == .removed(5, record(of: removal)))
        #expect(try await audit.verify().count == 3)
        #expect(try await audit.verify().fault == nil)
    }

    @Test("a log of one event left, the one after a removal, is continued by a service that starts")
    func oneLeft() async throws {
        let first = try await authority()
        try await seal(5, Self.day * 3, by: first)
        _ = try record(of: try await first.service.audit.cut(before: clock.now - Self.day, by: "Ada"))
        #expect(try await store.auditState().first == 5)

        #expect(try await authority().service.audit.seal() == 1)

        #expect(try await first.service.audit.verify().fault == nil)
    }

    @Test("events younger than the minimum are not removed, whatever is asked for")
    func minimum() async throws {
        let authority = try await authority()
        try await seal(5, Self.day * 3, by: authority)
        let newest = clock.now - Self.day

        let removal = try await authority.service.audit.cut(before: newest + .microseconds(1), by: "Ada")

        #expect(removal == .tooRecent(newest))
        #expect(try await store.auditState().first == 1)
        #expect(try await store.auditCuts().isEmpty)
    }

    @Test("the newest sealed event stays, and so do events after one that is too young")
    func whatStays() async throws {
        let authority = try await authority()
        try await seal(2, Self.day * 3, by: authority)
        try await seal(1, by: authority)
        try await seal(2, Self.day * 3, by: authority)
        let cutoff = clock.now - Self.day

        #expect(
            try record(of: try await authority.service.audit.cut(before: cutoff, by: "Ada")).through.link.sequence == 2)
        clock.advance(by: Self.day * 3)
        // Of five events and the record of the first removal, which is not sealed yet.
        let second = try record(of: try await authority.service.audit.cut(before: clock.now - Self.day, by: "Ada"))
        #expect(second.through.link.sequence == 4)
        #expect(try await store.auditState().first == 5)
        #expect(try await authority.service.audit.verify().cut == second)
        #expect(try await authority.service.audit.verify().fault == nil)
    }

    @Test("more events than one record covers are removed with several records")
    func manyEvents() async throws {
        let authority = try await authority()
        try await seal(5_002, Self.day * 3, by: authority)
        try await seal(1, by: authority)

        let removal = try await authority.service.audit.cut(before: clock.now - Self.day, by: "Ada")

        #expect(try removal == .removed(5_002, record(of: removal)))
        #expect(try await store.auditCuts().map { $0?.cut.through.link.sequence } == [5_000, 5_002])
        #expect(try await authority.service.audit.verify().fault == nil)
    }

    @Test("a record with no signature, or with that of another removal, is a forged one, and stops sealing")
    func forgery() async throws {
        let authority = try await authority()
        try await seal(3, Self.day * 3, by: authority)
        try await seal(3, by: authority)
        _ = try record(of: try await authority.service.audit.cut(before: clock.now - Self.day, by: "Ada"))
        try await authority.service.audit.seal()
        let real = try #require(try await store.auditCuts().compactMap(\.self).last)
        let fifth = try #require(try await store.sealedAuditEntries(after: 4, limit: 1).first?.event?.seal?.link)
        let longer = AuditCut(
            through: AuditHead(segment: 1, link: fifth), cutoff: clock.now, at: clock.now, author: "Ada", signedBy: 1)
        let event = AuditEvent(.auditCut, in: OperationContext(now: clock.now))
        #expect(
            try await store.cutAudit(SignedAuditCut(longer, signature: real.signature), after: 3, recording: event) == 2
        )

        #expect(try await authority.service.audit.verify().fault == AuditFault(5, .cutForged))
        #expect(try await authority.service.audit.seal() == 0)
        #expect(
            try await authority.service.audit.cut(before: clock.now - Self.day, by: "Ada")
                == .refused(AuditFault(5, .cutForged)))
        #expect(!authority.service.audit.health.isSealing)
        #expect(
            authority.events.all.contains { event in
                if case .auditSealingRefused(let refusal) = event {
                    refusal.fault == AuditFault(5, .cutForged)
                } else {
                    false
                }
            })
    }

    @Test("a running service removes what the retention says, once a day at most")
    func maintenance() async throws {
        let authority = try await authority(removingAfter: Self.day * 2)
        // A clock is trusted with removals some minutes after a start.
        clock.advance(by: .seconds(3_600))
        try await seal(5, Self.day * 3, by: authority)
        try await seal(3, Self.day * 2 - .seconds(3_600), by: authority)
        try await seal(1, by: authority)

        await authority.service.runMaintenance()
        #expect(try await store.auditState().first == 6)
        clock.advance(by: .seconds(7_200))
        await authority.service.runMaintenance()
        #expect(try await store.auditState().first == 6, "it is the same day")
        clock.advance(by: Self.day - .seconds(7_200))
        await authority.service.runMaintenance()

        #expect(try await store.auditState().first == 9)
        let cuts = try await store.auditCuts().compactMap(\.self).map(\.cut)
        #expect(cuts.map(\.through.link.sequence) == [5, 8])
        #expect(cuts.map(\.author) == ["authd", "authd"])
        #expect(try await authority.service.audit.verify().fault == nil)
    }

    @Test("without a retention, a running service removes nothing")
    func noRetention() async throws {
        let authority = try await authority()
        clock.advance(by: .seconds(3_600))
        try await seal(5, Self.day * 3_000, by: authority)

        await authority.service.runMaintenance()

        #expect(try await store.auditState().first == 1)
    }
}

/// A removal that left no record.
private struct MissingRecord: Error {
    let removal: AuditRemoval
}
