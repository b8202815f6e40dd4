// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Testing

@testable import authd

@Suite("Waiting for the database at the start")
struct StartPatienceTests {
    private static let away = StoreError.unavailable("away")

    @Test("continues until the deadline, and is logged only once")
    func bound() {
        var patience = StartPatience(bound: .seconds(2))

        #expect(patience.step(after: Self.away, elapsed: .zero) == .retry(after: StartPatience.pause, isFirst: true))
        #expect(
            patience.step(after: Self.away, elapsed: .milliseconds(600))
                == .retry(after: StartPatience.pause, isFirst: false))
        #expect(
            patience.step(after: Self.away, elapsed: .milliseconds(1_900))
                == .retry(after: .milliseconds(100), isFirst: false))
        #expect(patience.step(after: Self.away, elapsed: .seconds(2)) == .giveUp)
    }

    @Test(
        "does not wait after failures that waiting does not mend",
        arguments: [StoreError.denied("no"), .corrupt("odd"), .conflict, .cancelled])
    func hopeless(_ error: StoreError) {
        var patience = StartPatience(bound: .seconds(2))

        #expect(patience.step(after: error, elapsed: .zero) == .giveUp)
    }

    @Test("does not wait without a time")
    func impatience() {
        var patience = StartPatience(bound: .zero)

        #expect(patience.step(after: Self.away, elapsed: .zero) == .giveUp)
    }
}
