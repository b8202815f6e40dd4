// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTesting
import Testing

@testable import AuthService

@Suite("The audit log of several services, one store and its backups") struct AuditHistoryTests {
    private let store = InMemoryAuthStore(isShared: true)
    private let clock = ManualClock()

    /// Starts a service on the store.
    private func authority(_ heads: HeadKeeper? = nil) async throws -> TestAuthority {
        try await TestAuthority(store: store, clock: clock) { $0.auditHeads = heads }
    }

    private func record(_ count: Int) async throws {
        let context = OperationContext(now: clock.now, source: "192.0.2.1", userAgent: "probe", requestID: "r")
        try await store.record((0..<count).map { _ in AuditEvent(.mailFailed, in: context) })
    }

    /// Records events, which one of the services seals.
    @discardableResult
    private func seal(_ count: Int, by authority: TestAuthority) async throws -> AuditHead {
        try await record(count)
        #expect(try await authority.service.audit.seal() == count)
        return try await head()
    }

    private func head() async throws -> AuditHead {
        try #require(try await store.auditState().head)
    }

    @Test("after the store went back, events are recorded and none is sealed, and the refusal is reported")
    func refusal() async throws {
        let authority = try await authority()
        let old = try await seal(5, by: authority)
        let backup = store.backup()
        let known = try await seal(5, by: authority)
        store.restore(backup)

        try await record(2)
        #expect(try await authority.service.audit.seal() == 0)

        #expect(try await head() == old)
        #expect(try await store.unsealedAuditEventCount() == 2)
        let refusal = try #require(authority.events.refusals.last)
        #expect(refusal.fault == AuditFault(6, .headBehind))
        #expect(refusal.expected?.head == known)
        #expect(refusal.found == old)
        #expect(!authority.service.audit.health.isSealing)
        #expect(authority.service.audit.health.refusals == 1)
        try await authority.service.audit.seal()
        #expect(authority.events.refusals.count == 1)
        clock.advance(by: .seconds(60))
        try await authority.service.audit.seal()
        #expect(authority.events.refusals.count == 2)
    }

    @Test("a service that starts on a store that went back knows it by the head that was kept outside")
    func keptHead() async throws {
        let kept = HeadKeeper()
        let first = try await authority(kept)
        try await seal(5, by: first)
        let backup = store.backup()
        let known = try await seal(5, by: first)
        #expect(try await kept.load()?.head == known)
        store.restore(backup)

        let restarted = try await authority(kept)
        try await record(1)

        #expect(try await restarted.service.audit.seal() == 0)
        #expect(restarted.events.refusals.last?.fault == AuditFault(6, .headBehind))
        #expect(try await restarted.service.audit.verify().fault == AuditFault(6, .headBehind))
        #expect(try await kept.load()?.head == known)
    }

    @Test("a store that went back and grew again behind a service's back has another history")
    func fork() async throws {
        let first = try await authority()
        try await seal(5, by: first)
        let backup = store.backup()
        let known = try await seal(5, by: first)
        store.restore(backup)
        try await seal(9, by: try await authority())

        try await record(1)

        #expect(try await first.service.audit.seal() == 0)
        #expect(first.events.refusals.last?.fault == AuditFault(known.link.sequence, .checkpointMismatch))
        #expect(try await first.service.audit.verify().fault == AuditFault(10, .checkpointMismatch))
    }

    @Test("a segment with both heads continues the log, and every service follows it and reports what is lost")
    func acceptance() async throws {
        let kept = HeadKeeper()
        let first = try await authority(kept)
        let second = try await authority()
        let old = try await seal(5, by: first)
        let backup = store.backup()
        let known = try await seal(5, by: first)
        let checkpoint = try #require(try await kept.load())
        try await second.service.audit.seal()
        store.restore(backup)
        try await record(3)
        #expect(try await first.service.audit.seal() == 0)
        #expect(try await second.service.audit.seal() == 0)
        let operating = try await authority(kept)

        let restore = try #require(try await operating.service.audit.pendingRestore())
        #expect(restore.fault == AuditFault(6, .headBehind))
        #expect(restore.expected == known)
        #expect(restore.found == old)
        let unaccepted = try await operating.service.audit.verify()
        #expect(unaccepted.fault == AuditFault(6, .headBehind))
        #expect(unaccepted.restores.isEmpty)

        let segment = try #require(try await operating.service.audit.accept(restore, by: "Ada"))

        #expect(segment.number == 2)
        #expect(segment.reason == .restoreAccepted)
        #expect(segment.author == "Ada")
        #expect(segment.found == old)
        #expect(segment.expected == known)
        #expect(try await operating.service.audit.accept(restore, by: "Eve") == nil, "the log has changed meanwhile")
        // The acceptance is an event as well.
        #expect(try await first.service.audit.seal() == 4)
        #expect(try await second.service.audit.seal() == 0)
        for authority in [first, second] {
            let loss = try #require(authority.events.losses.last)
            #expect(loss?.segment == segment)
            #expect(loss?.events == 6...10)
            #expect(authority.service.audit.health.isSealing)
            #expect(try await authority.service.audit.pendingRestore() == nil)
        }
        let accepted = try await operating.service.audit.verify(against: checkpoint)
        #expect(accepted.fault == nil)
        #expect(accepted.count == 9)
        #expect(accepted.restores == [segment])
        #expect(accepted.lost == [known])
        let event = try #require(try await store.auditEvents(before: nil, limit: 1).first?.event)
        #expect(event.action == .auditRestoreAccepted)
    }

    @Test("a service that had heard less goes on; the one that had heard more refuses until that is accepted")
    func heardMore() async throws {
        let first = try await authority()
        let second = try await authority()
        try await seal(5, by: first)
        try await seal(1, by: second)
        let backup = store.backup()
        let known = try await seal(2, by: second)
        store.restore(backup)
        let found = try await seal(3, by: first)

        try await record(1)
        #expect(try await second.service.audit.seal() == 0)
        #expect(second.events.refusals.last?.fault == AuditFault(8, .checkpointMismatch))
        #expect(try await first.service.audit.pendingRestore() == nil)
        let restore = try #require(try await second.service.audit.pendingRestore())
        let segment = try #require(try await second.service.audit.accept(restore, by: "Ada"))

        #expect(segment.found == found)
        #expect(segment.expected == known)
        #expect(try await second.service.audit.seal() == 2)
        try await seal(1, by: first)
        #expect(first.events.refusals.isEmpty)
        #expect(first.events.losses.isEmpty)
        #expect(second.events.losses.map { $0?.segment } == [segment])
        #expect(try await first.service.audit.verify().fault == nil)
        #expect(try await second.service.audit.verify().fault == nil)
    }

    @Test("a store that went back twice is accepted twice, with numbers that no segment had before")
    func twice() async throws {
        let first = try await authority()
        let second = try await authority()
        try await seal(5, by: first)
        try await second.service.audit.seal()
        let backup = store.backup()
        try await seal(1, by: first)
        for number: Int64 in [2, 3] {
            store.restore(backup)
            let restore = try #require(try await first.service.audit.pendingRestore())
            let segment = try #require(try await first.service.audit.accept(restore, by: "Ada"))
            #expect(segment.number == number)
            #expect(try await first.service.audit.seal() == 1)
        }

        try await seal(2, by: second)

        let report = try await second.service.audit.verify()
        #expect(report.fault == nil)
        #expect(report.restores.map(\.number) == [3])
        #expect(report.count == 8)
    }

    @Test("an emptied store is noticed by a running service and by one that starts with a kept head")
    func emptied() async throws {
        let kept = HeadKeeper()
        let empty = store.backup()
        let first = try await authority(kept)
        try await seal(5, by: first)
        store.restore(empty)
        try await record(1)

        #expect(try await first.service.audit.seal() == 0)
        #expect(first.events.refusals.last?.fault == AuditFault(1, .headBehind))
        let restarted = try await authority(kept)
        #expect(try await restarted.service.audit.seal() == 0)
        #expect(try await store.auditSegments().isEmpty)

        let restore = try #require(try await restarted.service.audit.pendingRestore())
        let segment = try #require(try await restarted.service.audit.accept(restore, by: "Ada"))
        #expect(segment.number == 2)
        #expect(try await restarted.service.audit.seal() == 2)
        #expect(try await first.service.audit.seal() == 0)
        #expect(first.events.losses.last??.events == 1...5)
        #expect(try await first.service.audit.verify().fault == nil)
    }

    @Test("a head that cannot be read is not taken for none: nothing is sealed until it can be")
    func unreadableHead() async throws {
        let kept = HeadKeeper()
        let authority = try await authority(kept)
        kept.fail(with: AuditHeadKeepingError("The head cannot be read."))
        try await record(1)

        #expect(try await authority.service.audit.seal() == 0)
        #expect(authority.events.all.contains { if case .auditHeadNotKept = $0 { true } else { false } })

        kept.fail(with: nil)
        #expect(try await authority.service.audit.seal() == 1)
        #expect(try await kept.load()?.head == head())
    }

    @Test("a new root key begins a segment; what was sealed under the old one verifies without it")
    func rootKeyChange() async throws {
        let random = SeededRandom(seed: 7)
        let (old, new) = (RootKey(random: random), RootKey(random: random))
        func authority(_ current: RootKey, previous: [RootKey] = []) async throws -> TestAuthority {
            try await TestAuthority(store: store, clock: clock) {
                $0.rootKeys = RootKeys(current: current, previous: previous)
            }
        }
        let before = try await authority(old)
        let last = try await seal(5, by: before)
        let checkpoint = try #require(before.events.checkpoints.last)

        try await seal(3, by: try await authority(new, previous: [old]))
        let after = try await authority(new)
        try await seal(1, by: after)

        let segments = try await store.auditSegments().compactMap(\.self)
        #expect(segments.map(\.segment.reason) == [.firstStart, .rootKeyChanged])
        #expect(segments.map(\.segment.number) == [1, 2])
        #expect(segments.last?.segment.found == last)
        let report = try await after.service.audit.verify(against: checkpoint)
        #expect(report.fault == nil)
        #expect(report.count == 9)
        #expect(report.restores.isEmpty)

        let attacker = AuditSegmentKeys(sealer: Sealer(current: try DerivedKeys(root: old)[.sealing]))
        #expect(segments.allSatisfy { attacker.open($0) == nil })
        let end = try await head()
        let forged = attacker.make(
            AuditSegment(
                number: 3, reason: .restoreAccepted, openedAt: clock.now, author: "Eve", found: end),
            random: random)
        #expect(try await store.openAuditSegment(forged, after: end, recording: nil))
        try await record(1)
        #expect(try await after.service.audit.seal() == 0)
        #expect(after.events.refusals.last?.fault == AuditFault(10, .segmentForged))
        #expect(try await after.service.audit.verify().fault == AuditFault(10, .segmentForged))
    }
}

extension ObservedEvents {
    fileprivate var refusals: [AuditRefusal] {
        all.compactMap { if case .auditSealingRefused(let refusal) = $0 { refusal } else { nil } }
    }

    fileprivate var checkpoints: [AuditCheckpoint] {
        all.compactMap { if case .auditCheckpoint(let checkpoint) = $0 { checkpoint } else { nil } }
    }

    /// What each resumption of sealing has lost.
    fileprivate var losses: [AuditLoss?] {
        var losses: [AuditLoss?] = []
        for case .auditSealingResumed(let loss) in all { losses.append(loss) }
        return losses
    }
}
