// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Testing

@Suite("Broadcast")
struct BroadcastTests {
    @Test("a subscriber whose task ended is forgotten")
    func leaving() async {
        let signals = Broadcast()
        let subscriber = Task.immediate { for await _ in signals.subscribe() {} }
        #expect(signals.hasSubscribers)

        subscriber.cancel()
        await subscriber.value

        #expect(!signals.hasSubscribers)
    }

    @Test("pending signals are coalesced")
    func coalescing() async {
        let signals = Broadcast()
        let stream = signals.subscribe()

        for _ in 0..<5 { signals.signal() }
        signals.finish()

        #expect(await stream.reduce(into: 0) { count, _ in count += 1 } == 1)
    }

    @Test("every subscriber is woken, and one that came later is not")
    func everySubscriber() async {
        let signals = Broadcast()
        let streams = [signals.subscribe(), signals.subscribe()]
        signals.signal()
        let late = signals.subscribe()
        signals.finish()

        for stream in streams { #expect(await stream.reduce(into: 0) { count, _ in count += 1 } == 1) }
        #expect(await late.reduce(into: 0) { count, _ in count += 1 } == 0)
    }

    @Test("a stream that is asked for after the end is over at once")
    func afterTheEnd() async {
        let signals = Broadcast()
        signals.finish()
        let stream = signals.subscribe()

        signals.signal()

        #expect(await stream.reduce(into: 0) { count, _ in count += 1 } == 0)
        #expect(!signals.hasSubscribers)
    }
}
