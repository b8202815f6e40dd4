// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Glibc
import Testing

@Suite("Wake-up", .timeLimit(.minutes(1)))
struct WakeupTests {
    @Test("a signal before the wait is not lost, and several are coalesced")
    func early() throws {
        let wakeup = try #require(Wakeup())
        for _ in 0..<5 { wakeup.signal() }
        #expect(isReadable(wakeup))

        wakeup.wait()

        #expect(!isReadable(wakeup))
    }

    @Test("a signal wakes the thread that waits without end")
    func waking() async throws {
        let wakeup = try #require(Wakeup())
        let (started, startedContinuation) = AsyncStream.makeStream(of: Void.self)
        let (woken, wokenContinuation) = AsyncStream.makeStream(of: Void.self)
        try SystemThread.detached("test-wakeup") {
            startedContinuation.finish()
            wakeup.wait()
            wokenContinuation.finish()
        }
        for await _ in started {}

        wakeup.signal()

        for await _ in woken {}
        #expect(!isReadable(wakeup))
    }

    @Test(
        "a wait without a signal ends at its timeout",
        arguments: [Duration.zero, .seconds(-5), .milliseconds(-500), .milliseconds(2)])
    func timeout(_ limit: Duration) throws {
        let wakeup = try #require(Wakeup())

        wakeup.wait(atMost: limit)

        #expect(!isReadable(wakeup))
    }

    @Test("clearing takes back the signals so far")
    func clearing() throws {
        let wakeup = try #require(Wakeup())
        wakeup.signal()

        wakeup.clear()
        #expect(!isReadable(wakeup))

        wakeup.signal()
        #expect(isReadable(wakeup))
    }

    private func isReadable(_ wakeup: Wakeup) -> Bool {
        var descriptor = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }
}
