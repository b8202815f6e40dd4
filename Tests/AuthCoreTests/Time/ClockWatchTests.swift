// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Watching the clocks")
struct ClockWatchTests {
    private let start = ClockReading(wall: Timestamp(seconds: 1_800_000_000), boot: BootInstant(microseconds: 9))

    private func reading(after time: Duration, ahead step: Duration = .zero) -> ClockReading {
        ClockReading(wall: start.wall + time + step, boot: start.boot + time)
    }

    @Test("the clock is trusted ten minutes after the start, and not before")
    func settling() {
        let watch = ClockWatch(at: start)
        #expect(!watch.isTrusted(at: start.boot))
        #expect(!watch.isTrusted(at: start.boot + .seconds(600) - .microseconds(1)))
        #expect(watch.isTrusted(at: start.boot + .seconds(600)))
    }

    @Test(
        "a step of more than a minute, ahead or back, takes the trust for ten minutes",
        arguments: [-86_400, -61, -60, -1, 0, 1, 60, 61, 86_400] as [Int64])
    func steps(seconds: Int64) {
        var watch = ClockWatch(at: start)
        let step = Duration.seconds(seconds)
        let isJump = abs(seconds) > 60
        #expect(watch.look(reading(after: .seconds(700), ahead: step)) == (isJump ? .adjusted(step) : .steady))
        #expect(watch.isTrusted(at: start.boot + .seconds(700)) == !isJump)
        #expect(watch.look(reading(after: .seconds(800), ahead: step)) == .steady)
        #expect(watch.isTrusted(at: start.boot + .seconds(1_299)) == !isJump)
        #expect(watch.isTrusted(at: start.boot + .seconds(1_300)))
    }

    @Test("a clock at the ends of its range does not trap", arguments: [Int64.min, 0, .max])
    func extremes(microseconds: Int64) {
        var watch = ClockWatch(at: start)
        let far = ClockReading(wall: Timestamp(microseconds: microseconds), boot: start.boot + .seconds(1))
        guard case .adjusted = watch.look(far), case .adjusted = watch.look(reading(after: .seconds(2))) else {
            Issue.record("the step was not seen")
            return
        }
    }

    @Test(
        "an event of the store that is a day old or a minute ahead is plausible",
        arguments: [(-86_401, false), (-86_400, true), (0, true), (60, true), (61, false)] as [(Int64, Bool)])
    func comparison(seconds: Int64, isPlausible: Bool) {
        var watch = ClockWatch(at: start)
        let gap = watch.compare(withNewest: start.wall + .seconds(seconds), at: start)
        #expect(gap == (isPlausible ? nil : .seconds(-seconds)))
        #expect(watch.isTrusted(at: start.boot + .seconds(600)) == isPlausible)
        #expect(watch.isTrusted(at: start.boot + .seconds(86_400)))
    }
}

@Suite("Instants since the boot")
struct BootInstantTests {
    @Test("arithmetic stops at the ends of the range")
    func saturation() {
        let last = BootInstant(microseconds: .max)
        let first = BootInstant(microseconds: .min)
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(last - .seconds(-1) == last && first + .seconds(-1) == first)
        #expect(last - first == .microseconds(Int64.max) && first - last == .microseconds(Int64.min))
    }

    @Test("an adjustment is the difference between the two clocks")
    func adjustment() {
        let start = ClockReading(wall: Timestamp(seconds: 100), boot: BootInstant(microseconds: 0))
        let later = ClockReading(wall: Timestamp(seconds: 90), boot: BootInstant(microseconds: 5_000_000))
        #expect(later.adjustment(since: start) == .seconds(-15))
    }
}
