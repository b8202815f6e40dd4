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
        StoreCheck("D5", "one checkpoint is stored for a sequence, and is not replaced", on: checkpoints),
        StoreCheck("D6", "erasing removes a user's payload and keeps the chain valid", on: erasure),
        StoreCheck("D6", "erasing during sealing keeps the chain valid", on: erasureDuringSealing),
    ]

    private static let chain = AuditChain { SHA256.digest($0) }

    /// Seals with equal salts.
    @discardableResult
    private static func seal(_ test: StoreUnderTest, limit: Int = 100) async throws -> Int {
        try await test.store.sealAudit(limit: limit) { head, events in
            chain.seals(for: events, after: head, entropy: [UInt8](repeating: 7, count: 16 * events.count))
        }
    }

    private static func sealAll(_ test: StoreUnderTest, limit: Int = 100) async throws {
        while try await seal(test, limit: limit) > 0 {}
    }

    /// Goes through the whole chain.
    private static func verify(_ test: StoreUnderTest) async throws -> AuditVerification {
        var verification = AuditVerification(chain: chain)
        for entry in try await test.store.sealedAuditEntries(after: 0, limit: 10_000) {
            if let fault = verification.take(entry) {
                throw ConformanceFailure(message: "\(fault)", location: #fileID)
            }
        }
        try requireEqual(verification.last, try await test.store.auditSealState().head, "the head")
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
        try requireEqual(try await test.store.auditSealState().unsealedCount, 0, "what is unsealed")
    }

    private static func sealingAgain(_ test: StoreUnderTest) async throws {
        try await test.store.record((0..<5).map { event($0) })
        try requireEqual(try await test.store.auditSealState().head, .start, "the head before")
        try requireEqual(try await seal(test, limit: 3), 3, "the first")
        try requireEqual(try await test.store.auditSealState().unsealedCount, 2, "what is unsealed")
        try requireEqual(try await seal(test), 2, "the others")
        let before = try await test.store.sealedAuditEntries(after: 0, limit: 100)
        try requireEqual(try await seal(test), 0, "nothing")
        try requireEqual(try await test.store.sealedAuditEntries(after: 0, limit: 100), before, "the seals")
        try requireEqual(
            try await test.store.sealAudit(limit: 5) { _, _ in [] }, 0, "a sealer that gives nothing")
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

    private static func checkpoints(_ test: StoreUnderTest) async throws {
        @Sendable func checkpoint(_ sequence: Int64, _ octet: UInt8) -> AuditCheckpoint {
            AuditCheckpoint(
                link: AuditLink(sequence: sequence, digest: [octet, 0]), at: StoreUnderTest.start,
                signature: [octet, 255])
        }
        try requireEqual(try await test.store.auditSealState().checkpoint, nil, "the first")
        let stored = try await concurrently(8) { number in
            try await test.store.storeAuditCheckpoint(checkpoint(5, UInt8(number)))
        }
        try requireEqual(stored.count { $0 }, 1, "how many were stored")
        try require(try await test.store.storeAuditCheckpoint(checkpoint(9, 1)), "a later one was not stored")
        try require(try await test.store.storeAuditCheckpoint(checkpoint(2, 2)), "an earlier one was not stored")
        try requireEqual(try await test.store.auditSealState().checkpoint, checkpoint(9, 1), "the last")
        let all = try await test.store.auditCheckpoints(after: 0, limit: 10)
        try requireEqual(all.map(\.link.sequence), [2, 5, 9], "the checkpoints")
        try requireEqual(all[1], checkpoint(5, UInt8(stored.firstIndex(of: true) ?? 99)), "the one that won")
        try requireEqual(try await test.store.auditCheckpoints(after: 2, limit: 1), [all[1]], "a page")
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
