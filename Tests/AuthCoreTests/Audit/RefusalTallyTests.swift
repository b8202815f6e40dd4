// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Tally of refusals")
struct RefusalTallyTests {
    static let start = Timestamp(seconds: 1_800_000_000)

    func context(_ source: String, network: String? = nil, at seconds: Int64 = 0) -> OperationContext {
        OperationContext(
            now: Self.start + .seconds(seconds), source: source, sourceNetwork: network, userAgent: "agent",
            requestID: "r\(seconds)")
    }

    /// Notes a refusal; says whether it is to be written at once.
    func note(
        _ tally: inout RefusalTally, _ context: OperationContext, _ action: AuditAction = .passwordReset,
        _ refusal: String = "unknown", target: UserID? = nil
    ) -> Bool {
        tally.note(AuditEvent(action, refusal: refusal, target: target, in: context), from: context)
    }

    func user(_ number: Int) -> UserID { UserID(UUIDv7(high: UInt64(number), low: 1)) }

    @Test("the first five of a source are written at once, and the rest of the minute is one event")
    func oneSource() {
        var tally = RefusalTally()
        let written = (0..<8_000).map { note(&tally, context("192.0.2.1", at: $0 < 5 ? 0 : 1)) }

        #expect(written.count { $0 } == RefusalTally.eventsPerSource)
        let events = tally.take(endedAt: nil).map(\.event)
        #expect(events.count == 1)
        #expect(events.first?.count == 7_995)
        #expect(events.first?.source == "192.0.2.1")
        #expect(events.first?.requestID == "r1" && events.first?.userAgent == "agent")
        #expect(tally.countedCount == 0)
    }

    @Test("whether an event is written at once does not depend on its target or reason")
    func targetsAreAlike() {
        func pattern(_ target: (Int) -> UserID?, _ refusal: (Int) -> String) -> [Bool] {
            var tally = RefusalTally()
            return (0..<40).map { number in
                note(&tally, context("192.0.2.1"), .signIn, refusal(number), target: target(number))
            }
        }

        let unknown = pattern({ _ in nil }, { _ in "unknown_user" })
        #expect(unknown == pattern({ user($0) }, { _ in "wrong_password" }))
        #expect(unknown == pattern({ _ in user(1) }, { $0.isMultiple(of: 2) ? "throttled" : "wrong_password" }))
    }

    @Test("a minute is written when it is over, and a new one begins with shares of its own")
    func minutes() {
        var tally = RefusalTally()
        for _ in 0..<10 { _ = note(&tally, context("192.0.2.1", at: 59)) }

        #expect(tally.take(endedAt: Self.start + .seconds(59)).isEmpty)
        let isWritten = note(&tally, context("192.0.2.1", at: 60))
        #expect(isWritten)
        // One that began before the minute ended is of that minute, and brings back none of its shares.
        for _ in 0..<10 { _ = note(&tally, context("192.0.2.1", at: 59)) }
        let over = tally.take(endedAt: Self.start + .seconds(60)).map(\.event)
        #expect(over.map(\.count) == [11])
        #expect(tally.countedCount == 0)
    }

    @Test("a /48 whose requests all come from different /64s causes as many rows as its share allows")
    func network() {
        var tally = RefusalTally()
        var written = 0
        for number in 0..<65_536 {
            let context = self.context("2001:db8:1:\(String(number, radix: 16))::", network: "2001:db8:1::/48")
            if note(&tally, context) { written += 1 }
        }

        let events = tally.take(endedAt: nil).map(\.event)
        #expect(written == RefusalTally.eventsPerNetwork)
        #expect(events.count == RefusalTally.countsPerNetwork + 1)
        #expect(events.reduce(0) { $0 + $1.count } == Int64(65_536 - written))
        let shared = events.first { $0.source == "2001:db8:1::/48" }
        #expect(shared?.count == Int64(65_536 - RefusalTally.eventsPerNetwork - RefusalTally.countsPerNetwork))
        #expect(shared?.requestID == nil && shared?.userAgent == nil)
    }

    @Test("any number of sources and targets causes a bounded number of rows, and every rejection is counted")
    func everybody() {
        var tally = RefusalTally()
        var written = 0
        let total = 50_000
        for number in 0..<total {
            let context = self.context("198.51.\(number / 250 % 250).\(number % 250)", at: Int64(number / 2_000))
            if note(&tally, context, .signIn, "wrong_password", target: user(number)) { written += 1 }
        }

        let events = tally.take(endedAt: nil).map(\.event)
        #expect(written == RefusalTally.eventsInAll)
        #expect(events.count == RefusalTally.countsInAll + 1)
        #expect(events.reduce(0) { $0 + $1.count } == Int64(total - written))
        #expect(events.contains { $0.source == nil && $0.target == nil && $0.count > 1 })
    }

    @Test("one source that tries many users leaves room for other sources")
    func shares() {
        var tally = RefusalTally()
        for number in 0..<10_000 {
            _ = note(&tally, context("192.0.2.1"), .signIn, "wrong_password", target: user(number))
        }
        let rows = tally.countedCount
        for _ in 0..<(RefusalTally.eventsPerSource + 3) {
            _ = note(&tally, context("192.0.2.2"), .signIn, "unknown_user")
        }

        #expect(rows == RefusalTally.countsPerSource + 1)
        let ofOther = tally.take(endedAt: nil).map(\.event).filter { $0.source == "192.0.2.2" }
        #expect(ofOther.map(\.count).contains(3))
    }

    @Test("a share is free again when its rows were written")
    func sharesReturn() {
        var tally = RefusalTally()
        for minute in 0..<5 as Range<Int64> {
            for number in 0..<100 {
                _ = note(
                    &tally, context("192.0.2.1", at: minute * 60), .signIn, "wrong_password", target: user(number))
                // Another source keeps the tally from ever being empty.
                _ = note(&tally, context("192.0.2.9", at: minute * 60 + 60))
            }
            let own = tally.take(endedAt: Self.start + .seconds(minute * 60 + 60)).map(\.event)
                .filter { $0.source == "192.0.2.1" }
            #expect(own.count == RefusalTally.countsPerSource)
        }
    }

    @Test("rows that could not be written keep counting")
    func putBack() {
        var tally = RefusalTally()
        for _ in 0..<10 { _ = note(&tally, context("192.0.2.1")) }
        let batch = tally.take(endedAt: nil)
        _ = note(&tally, context("192.0.2.1"))

        tally.putBack(batch)

        #expect(tally.take(endedAt: nil).map(\.event.count) == [6])
    }

    @Test("a clock that is set back does not keep rows from being written")
    func clockSetBack() {
        var tally = RefusalTally()
        for _ in 0..<10 { _ = note(&tally, context("192.0.2.1", at: 86_400)) }

        let isWritten = note(&tally, context("192.0.2.1"))
        #expect(isWritten)
        #expect(tally.take(endedAt: Self.start).map(\.event.count) == [5])
    }
}
