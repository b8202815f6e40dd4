// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S3 as a whole: for any sequence of presented tokens, a store answers as the pure rule does.
enum RefreshWalkChecks {
    static let all: [StoreCheck] = (1...4).map { seed in
        StoreCheck("S3", "a random walk with seed \(seed) is answered as the rule says") {
            try await walk(StoreUnderTest(store: $0), seed: seed)
        }
    }

    private static func walk(_ test: StoreUnderTest, seed: UInt64) async throws {
        let ada = try await test.make("ada", 1)
        var state = seed
        func draw(_ count: UInt64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64((state >> 33) % count)
        }
        for number in 0..<6 {
            var model = try await test.open(number, of: ada)
            var seconds: Int64 = 0
            for step in 0..<25 {
                seconds += [0, 1, 9, 10, 11, 60, 3_599, 3_600][Int(draw(number < 3 ? 6 : 8))]
                let counter = max(0, model.rotation.counter + [0, 0, 0, -1, -1, -2, 5][Int(draw(7))])
                let grace: Duration = draw(8) == 0 ? .zero : .seconds(10)
                let what = "session \(number), step \(step), counter \(counter)"
                let outcome = try await test.refresh(model, counter, at: seconds, grace: grace)
                let now = test.context(seconds).now

                let expected: RefreshOutcome
                switch RefreshRotation.decide(model, presented: counter, grace: grace, at: now) {
                case .rotate(let next):
                    model.rotation = next
                    expected = .accepted(model, try await test.stored(ada), .rotated)
                case .replay:
                    expected = .accepted(model, try await test.stored(ada), .replayed)
                case .replayLate(let next):
                    model.rotation = next
                    expected = .accepted(model, try await test.stored(ada), .replayedLate)
                case .catchUp(let next):
                    model.rotation = next
                    expected = .accepted(model, try await test.stored(ada), .caughtUp)
                case .reuse:
                    model.ended = Session.Ended(at: now, reason: .refreshReused)
                    expected = .refused(.reused)
                case .ended(let reason):
                    expected = .refused(.ended(reason))
                case .expired:
                    expected = .refused(.expired)
                }
                try requireEqual(outcome, expected, what)
                try requireEqual(try await test.store.session(model.id, of: model.userID), model, "the row of \(what)")
            }
        }
    }
}
