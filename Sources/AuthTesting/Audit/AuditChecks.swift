// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// D: the audit log is read, sealed and erased as its contract says.
enum AuditChecks {
    static let all: [StoreCheck] = [
        StoreCheck("D1", "filters of the audit log hold together, and pages lose and repeat nothing", on: filters),
        StoreCheck("D2", "concurrent sealers number every event once and do not fork the chain", on: sealers),
        StoreCheck("D2", "sealing again changes nothing", on: sealingAgain),
        StoreCheck("D3", "events recorded during sealing are sealed too, in the order of a call", on: lateEvents),
        StoreCheck("D4", "sealed places are read in order, page by page", on: entries),
        StoreCheck("D2", "sealing after a head that is not the last one is refused", on: movedHead),
        StoreCheck("D5", "of concurrent openings after one head one opens its segment", on: segments),
        StoreCheck("D5", "a segment is stored whole, and only its sealed key is replaced", on: resealing),
        StoreCheck("D6", "erasing removes a user's payload and keeps the chain valid", on: erasure),
        StoreCheck("D6", "erasing during sealing keeps the chain valid", on: erasureDuringSealing),
        StoreCheck("D7", "a removal deletes the events up to its place and records itself", on: cuts),
        StoreCheck("D7", "of concurrent removals one happens", on: concurrentCuts),
    ]

    private static let code = HMACSHA256(key: SecretBytes([UInt8](repeating: 5, count: 32)))
    private static let chain = AuditChain { code.authenticationCode(for: $0) }

    /// A segment after a head; all of them have one key, which the store cannot know.
    private static func segment(
        _ number: Int64, after head: AuditHead, _ reason: AuditSegment.Reason = .firstStart, author: String = "probe",
        expecting expected: AuditHead? = nil
    ) -> StoredAuditSegment {
        let segment = AuditSegment(
            number: number, reason: reason, openedAt: StoreUnderTest.start, author: author, found: head,
            expected: expected)
        return StoredAuditSegment(
            segment: segment, digest: chain.opening(of: segment).digest, sealedKey: [UInt8(number), 0, 255])
    }

    private static func head(_ test: StoreUnderTest) async throws -> AuditHead {
        guard let head = try await test.store.auditState().head else {
            throw ConformanceFailure(message: "the head is gone", location: #fileID)
        }
        return head
    }

    /// Seals with equal salts, in the first segment unless there is a later one.
    @discardableResult
    private static func seal(_ test: StoreUnderTest, limit: Int = 100) async throws -> Int {
        if try await head(test) == .start {
            _ = try await test.store.openAuditSegment(segment(1, after: .start), after: .start, recording: nil)
        }
        while true {
            let head = try await head(test)
            let sealing = try await test.store.sealAudit(after: head, limit: limit) { events in
                chain.seals(
                    for: events, after: head.link, entropy: [UInt8](repeating: 7, count: 16 * events.count))
            }
            if case .sealed(let count, _) = sealing { return count }
        }
    }

    private static func sealAll(_ test: StoreUnderTest, limit: Int = 100) async throws {
        while try await seal(test, limit: limit) > 0 {}
    }

    /// Goes through the whole chain.
    private static func verify(_ test: StoreUnderTest) async throws -> AuditVerification {
        let head = try await head(test)
        let segments = try await test.store.auditSegments().compactMap(\.self)
        let cut = try await test.store.auditCuts().last ?? nil
        var verification = AuditVerification(
            segments.map { AuditVerification.Segment($0.segment, chain: chain) }, after: cut?.cut.through ?? .start,
            upTo: head)
        for entry in try await test.store.sealedAuditEntries(after: 0, limit: 10_000) {
            if let fault = verification.take(entry) {
                throw ConformanceFailure(message: "\(fault)", location: #fileID)
            }
        }
        if let fault = verification.end(at: head) {
            throw ConformanceFailure(message: "\(fault)", location: #fileID)
        }
        return verification
    }

    private static func user(_ number: Int) -> UserID { UserID(StoreUnderTest.uuid(number)) }

    /// An event with everything that can be erased.
    private static func event(
        _ number: Int, actor: UserID? = nil, target: UserID? = nil, action: AuditAction = .signIn,
        refusal: String? = nil
    ) -> AuditEvent {
        AuditEvent(
            action, refusal: refusal, target: target,
            in: OperationContext(
                now: StoreUnderTest.start + .seconds(Int64(number)), actor: actor, source: "192.0.2.\(number % 256)",
                userAgent: "probe/\(number)", requestID: "r-\(number)"))
    }

    private static func filters(_ test: StoreUnderTest) async throws {
        let (ada, bob) = (user(1), user(2))
        let events = (0..<40).map { number in
            event(
                number, actor: number.isMultiple(of: 2) ? ada : bob, target: number.isMultiple(of: 3) ? ada : nil,
                action: number.isMultiple(of: 5) ? .signOut : .signIn,
                refusal: number.isMultiple(of: 7) ? "why" : nil)
        }
        try await test.store.record(events)
        try await seal(test, limit: 17)
        func numbers(_ query: AuditQuery) async throws -> [Int64] {
            var query = query
            var found: [Int64] = []
            query.limit = 3
            while true {
                let page = try await test.store.auditEvents(matching: query)
                found += page.map { ($0.event.at - StoreUnderTest.start).components.seconds }
                guard let last = page.last else { return found }
                query.before = last.cursor
            }
        }
        func expected(_ holds: (Int64) -> Bool) -> [Int64] { (0..<40).reversed().filter(holds) }
        let middle = StoreUnderTest.start + .seconds(20)
        try requireEqual(try await numbers(AuditQuery()), expected { _ in true }, "everything")
        try requireEqual(try await numbers(AuditQuery(actor: ada)), expected { $0 % 2 == 0 }, "by actor")
        try requireEqual(try await numbers(AuditQuery(target: ada)), expected { $0 % 3 == 0 }, "by target")
        try requireEqual(try await numbers(AuditQuery(action: .signOut)), expected { $0 % 5 == 0 }, "by action")
        try requireEqual(try await numbers(AuditQuery(wasDone: true)), expected { $0 % 7 != 0 }, "what was done")
        try requireEqual(try await numbers(AuditQuery(wasDone: false)), expected { $0 % 7 == 0 }, "what was refused")
        try requireEqual(try await numbers(AuditQuery(from: middle)), expected { $0 >= 20 }, "from a time")
        try requireEqual(try await numbers(AuditQuery(until: middle)), expected { $0 < 20 }, "until a time")
        let all = AuditQuery(
            action: .signOut, actor: ada, target: ada, wasDone: false, from: StoreUnderTest.start, until: middle)
        try requireEqual(try await numbers(all), [0], "all at once")
    }

    private static func sealers(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<60).map { event($0) })

        let counts = try await concurrently(8) { _ in
            var total = 0
            while case let count = try await seal(test, limit: 7), count > 0 { total += count }
            return total
        }

        try requireEqual(counts.reduce(0, +), 60, "the number of seals")
        try requireEqual(try await verify(test).count, 60, "the length of the chain")
        try requireEqual(try await test.store.unsealedAuditEventCount(), 0, "what is unsealed")
    }

    private static func sealingAgain(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<5).map { event($0) })
        try requireEqual(try await head(test), .start, "the head before")
        try requireEqual(try await seal(test, limit: 3), 3, "the first")
        try requireEqual(try await test.store.unsealedAuditEventCount(), 2, "what is unsealed")
        try requireEqual(try await seal(test), 2, "the others")
        let before = try await test.store.sealedAuditEntries(after: 0, limit: 100)
        try requireEqual(try await seal(test), 0, "nothing")
        try requireEqual(try await test.store.sealedAuditEntries(after: 0, limit: 100), before, "the seals")
        let head = try await head(test)
        try await test.store.record([event(6)])
        try requireEqual(
            try await test.store.sealAudit(after: head, limit: 5) { _ in [] }, .sealed(0, head),
            "a sealer that gives nothing")
        let state = try await test.store.auditState()
        try requireEqual(state.first, 1, "the first")
        try requireEqual(state.last, head.link, "the last")
        try require(state.hasUnsealed, "an event that waits is not seen")
    }

    private static func lateEvents(_ test: StoreUnderTest) async throws {
        _ = try await both(
            {
                _ = try await concurrently(6) { number in
                    for offset in 0..<10 { try await test.store.record([event(number * 10 + offset)]) }
                }
            },
            {
                _ = try await concurrently(3) { _ in
                    for _ in 0..<15 { try await seal(test, limit: 4) }
                }
            })
        try await sealAll(test)

        try requireEqual(try await verify(test).count, 60, "the length of the chain")
        let agents = try await test.store.auditEvents(before: nil, limit: 100).compactMap(\.event.userAgent)
        try requireEqual(Set(agents).count, 60, "the events")
        // No other writer was running.
        try await test.store.record((0..<5).map { event($0) })
        try await seal(test)
        let last = try await test.store.sealedAuditEntries(after: 60, limit: 10).compactMap(\.event?.cursor)
        try requireEqual(last, last.sorted(), "the order of one call")
    }

    private static func entries(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<9).map { event($0) })
        try await seal(test, limit: 7)
        let all = try await test.store.sealedAuditEntries(after: 0, limit: 100)
        try requireEqual(all.map(\.sequence), Array(1...7), "the numbers")
        try requireEqual(all.compactMap(\.event?.event), (0..<7).map { event($0) }, "the events")
        try requireEqual(all.compactMap(\.event?.seal?.salt).count, 7, "the salts")
        let page = try await test.store.sealedAuditEntries(after: 3, limit: 2)
        try requireEqual(page, Array(all[3..<5]), "a page")
        let listed = try await test.store.auditEvents(before: nil, limit: 100)
        try requireEqual(listed.map { $0.seal != nil }, [false, false] + [Bool](repeating: true, count: 7), "the list")
    }

    private static func movedHead(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<3).map { event($0) })
        try await seal(test, limit: 2)
        let before = try await test.store.sealedAuditEntries(after: 0, limit: 10)
        let head = try await head(test)
        for other in [
            AuditHead.start, AuditHead(segment: 2, link: head.link),
            AuditHead(segment: 1, link: AuditLink(sequence: 1, digest: head.link.digest)),
            AuditHead(segment: 1, link: AuditLink(sequence: 2, digest: [])),
        ] {
            let sealing = try await test.store.sealAudit(after: other, limit: 5) { events in
                chain.seals(for: events, after: other.link, entropy: [UInt8](repeating: 7, count: 16 * events.count))
            }
            try requireEqual(sealing, .moved, "sealing after another head")
        }
        try requireEqual(try await test.store.sealedAuditEntries(after: 0, limit: 10), before, "the seals")
        try requireEqual(try await self.head(test), head, "the head")
    }

    private static func segments(_ test: StoreUnderTest) async throws {
        let opened = try await concurrently(8) { number in
            try await test.store.openAuditSegment(
                segment(1, after: .start, author: "\(number)"), after: .start, recording: event(number))
        }
        try requireEqual(opened.count { $0 }, 1, "how many were opened")
        let winner = opened.firstIndex(of: true) ?? 99
        try requireEqual(
            try await test.store.auditSegments(), [segment(1, after: .start, author: "\(winner)")], "the segment")
        try requireEqual(try await test.audit(), [event(winner)], "the event")
        try await seal(test)
        let head = try await head(test)
        let expected = AuditHead(segment: 2, link: AuditLink(sequence: 9, digest: [1, 2]))
        let next = segment(3, after: head, .restoreAccepted, expecting: expected)
        try require(
            try await !test.store.openAuditSegment(next, after: .start, recording: nil), "opened after another head")
        try require(try await !test.store.openAuditSegment(next, after: nil, recording: nil), "opened without a head")
        try require(try await test.store.openAuditSegment(next, after: head, recording: nil), "not opened")
        try requireEqual(try await self.head(test), next.start, "the head")
        try requireEqual(try await test.store.auditState().newestSegment, 3, "the newest segment")
        try await test.store.record([event(20)])
        try await seal(test)
        try requireEqual(try await verify(test).count, 2, "the length of the chain")
    }

    private static func resealing(_ test: StoreUnderTest) async throws {
        let expected = AuditHead(segment: 4, link: AuditLink(sequence: 9, digest: [1, 2]))
        var stored = segment(5, after: .start, .restoreAccepted, expecting: expected)
        try require(try await test.store.openAuditSegment(stored, after: .start, recording: nil), "not opened")
        try requireEqual(try await test.store.auditSegments(), [stored], "the segment")

        try require(try await !test.store.resealAuditSegment(5, from: [9], to: [8]), "another key was replaced")
        try require(
            try await !test.store.resealAuditSegment(4, from: stored.sealedKey, to: [8]), "another segment's was")
        try require(try await test.store.resealAuditSegment(5, from: stored.sealedKey, to: [8]), "not replaced")
        stored.sealedKey = [8]
        try requireEqual(try await test.store.auditSegments(), [stored], "the segment with another seal")
    }

    private static func cut(through sequence: Int64, in test: StoreUnderTest) async throws -> SignedAuditCut {
        let entry = try await test.store.sealedAuditEntries(after: sequence - 1, limit: 1).first
        guard let link = entry?.event?.seal?.link else {
            throw ConformanceFailure(message: "no event \(sequence)", location: #fileID)
        }
        return SignedAuditCut(
            AuditCut(
                through: AuditHead(segment: 1, link: link), cutoff: StoreUnderTest.start + .seconds(sequence),
                at: StoreUnderTest.start + .seconds(99), author: "probe", signedBy: 1),
            signature: [UInt8(sequence), 3])
    }

    private static func cuts(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<9).map { event($0) })
        try await seal(test, limit: 7)
        let (third, fifth) = (try await cut(through: 3, in: test), try await cut(through: 5, in: test))

        let removed = try await test.store.cutAudit(third, after: 0, recording: event(30, action: .auditCut))
        try requireEqual(removed, 3, "how many were removed")
        try requireEqual(
            try await test.store.cutAudit(fifth, after: 0, recording: event(31)), nil, "a removal after none")
        let state = try await test.store.auditState()
        try requireEqual(state.first, 4, "the first that was kept")
        try requireEqual(state.cutThrough, 3, "the place of the removal")
        try requireEqual(try await test.store.auditCuts(), [third], "the record")
        try requireEqual(
            try await test.audit(), (3..<9).map { event($0) } + [event(30, action: .auditCut)], "the events")
        try requireEqual(
            try await test.store.cutAudit(fifth, after: 3, recording: event(32)), 2, "the next removal")
        try requireEqual(try await test.store.auditCuts(), [third, fifth], "the records")
        try await sealAll(test)
        // Nine and two that record a removal.
        try requireEqual(try await verify(test).count, 6, "the length of the chain")
        let count = try await test.store.eraseAuditPayload(of: user(1), context: test.context(40))
        try requireEqual(count, 0, "erasing afterwards")
    }

    private static func concurrentCuts(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<9).map { event($0) })
        try await seal(test)
        let third = try await cut(through: 3, in: test)

        let removed = try await concurrently(8) { number in
            try await test.store.cutAudit(third, after: 0, recording: event(number))
        }

        try requireEqual(removed.compactMap(\.self), [3], "what was removed")
        try requireEqual(try await test.store.auditCuts(), [third], "the record")
        try await sealAll(test)
        try requireEqual(try await verify(test).count, 7, "the length of the chain")
    }

    private static func erasure(_ test: StoreUnderTest) async throws {
        let (ada, bob) = (user(1), user(2))
        try await test.store.record([
            event(0, actor: ada), event(1, target: ada), event(2, actor: bob, target: ada), event(3, actor: bob),
            event(4, actor: ada, target: bob), AuditEvent(.signOut, target: ada, in: test.context()),
        ])
        try await seal(test, limit: 5)

        let count = try await test.store.eraseAuditPayload(of: ada, context: test.context(9))
        try requireEqual(count, 3, "how many were erased")
        try await seal(test)

        let events = try await test.audit()
        try requireEqual(
            events.map { $0.userAgent }, [nil, nil, "probe/2", "probe/3", nil, nil, nil], "the user agents")
        try requireEqual(events.map { $0.source == nil }, events.map { $0.userAgent == nil }, "the sources")
        try requireEqual(events.map { $0.requestID == nil }, events.map { $0.userAgent == nil }, "the requests")
        try requireEqual(events.last, AuditEvent(.auditErased, target: ada, in: test.context(9)), "the last event")
        try requireEqual(events[4].target, bob, "what was not erased")
        let verification = try await verify(test)
        try requireEqual(verification.count, 7, "the length of the chain")
        try requireEqual(verification.erasedCount, 3, "how many are erased")
        try requireEqual(
            try await test.store.eraseAuditPayload(of: ada, context: test.context(10)), 0, "erasing again")
    }

    private static func erasureDuringSealing(_ test: StoreUnderTest) async throws {
        let ada = user(1)
        try await test.store.record((0..<60).map { event($0, actor: ada) })
        _ = try await both(
            { try await sealAll(test, limit: 5) },
            { _ = try await test.store.eraseAuditPayload(of: ada, context: test.context()) })
        try await sealAll(test)

        try requireEqual(try await verify(test).count, 61, "the length of the chain")
        try require(try await test.audit().allSatisfy { $0.userAgent == nil }, "a payload came back")
    }
}
