// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Schedule of the outbox") struct OutboxScheduleTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    @Test("delays grow from two seconds to an hour, and end a day after the cause")
    func delays() {
        var now = Self.start
        var waits: [Int64] = []
        for attempt in Int64(1)... {
            let decision = OutboxSchedule.decide(
                after: OutboxFailure("down"), attempts: attempt, expiresAt: Self.start + OutboxSchedule.longestDelivery,
                at: now)
            guard case .again(let next) = decision else { break }
            waits.append((next - now).components.seconds)
            now = next
        }

        #expect(waits.prefix(8) == [2, 8, 32, 120, 600, 1_800, 3_600, 3_600])
        #expect(waits.dropFirst(7).allSatisfy { $0 == 3_600 })
        #expect(Self.start + .seconds(82_800) < now && now < Self.start + .seconds(86_400))
    }

    @Test("a permanent failure, and one after the end, is given up at once")
    func ends() {
        let end = Self.start + .seconds(2)
        func decide(_ failure: OutboxFailure, at now: Timestamp, attempts: Int64 = 1) -> OutboxSchedule.Decision {
            OutboxSchedule.decide(after: failure, attempts: attempts, expiresAt: end, at: now)
        }

        #expect(decide(OutboxFailure("no", of: .row), at: Self.start - .seconds(10)) == .dead)
        #expect(decide(OutboxFailure("down"), at: Self.start) == .dead)
        #expect(decide(OutboxFailure("down"), at: Self.start - .microseconds(1)) == .again(at: end - .microseconds(1)))
        #expect(decide(OutboxFailure("down"), at: end + .seconds(1)) == .dead)
        #expect(decide(OutboxFailure("down"), at: Self.start - .seconds(10_000), attempts: .max) != .dead)
        #expect(decide(OutboxFailure("down"), at: Self.start - .seconds(10_000), attempts: .min) != .dead)
    }

    @Test("a row that failed because the next hop serves none is due again at once, and given up at its end")
    func nextHop() {
        func decide(at now: Timestamp, attempts: Int64) -> OutboxSchedule.Decision {
            OutboxSchedule.decide(
                after: OutboxFailure("down", of: .nextHop), attempts: attempts, expiresAt: Self.start, at: now)
        }

        for attempts in [1, 7, Int64.max] {
            #expect(decide(at: Self.start - .seconds(1), attempts: attempts) == .again(at: Self.start - .seconds(1)))
            #expect(decide(at: Self.start, attempts: attempts) == .dead)
        }
    }

    @Test("an entry expires with its token, and after a day at the latest")
    func expiry() {
        let context = OperationContext(now: Self.start)
        func end(_ expiry: Timestamp?) -> Timestamp {
            OutboxEntry(.mail, kind: "k", about: nil, expiresAt: expiry, in: context).expiresAt
        }

        #expect(end(Self.start + .seconds(5)) == Self.start + .seconds(5))
        #expect(end(Self.start + .seconds(1_000_000)) == Self.start + .seconds(86_400))
        #expect(end(nil) == Self.start + .seconds(86_400))
    }

    @Test("details that do not fit are left out whole")
    func details() {
        let large = String(repeating: "a", count: OutboxEntry.maximumDetailBytes - 4)
        func kept(_ details: [String: String]) -> [String] {
            OutboxEntry(
                .mail, kind: "k", about: nil, details: details, in: OperationContext(now: Self.start)
            ).details.keys.sorted()
        }

        #expect(kept(["a": large, "b": "cc"]) == ["a", "b"])
        #expect(kept(["a": large, "b": "ccc"]) == ["a"])
        #expect(kept(["a": large + "aaaaa"]).isEmpty)
    }

    @Test("the words of a failure are one line of printable ASCII")
    func failures() {
        #expect(OutboxFailure("450 caf\u{E9}\r\nX").diagnostic == "450 caf???X")
        #expect(
            OutboxFailure(String(repeating: "x", count: 600)).diagnostic.utf8.count == OutboxFailure.maximumLength)
    }
}
