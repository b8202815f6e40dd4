// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Foundation
import Glibc
import Synchronization
import Testing

@Suite("System thread", .timeLimit(.minutes(1)))
struct SystemThreadTests {
    /// What a thread sees of itself.
    private struct Appearance: Sendable {
        var name = ""
        var blocksSignals = false
        var niceness: CInt = 0

        static var current: Appearance {
            var appearance = Appearance()
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            appearance.name = name?.trimmingCharacters(in: .newlines) ?? ""
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            appearance.blocksSignals = [SIGTERM, SIGINT, SIGPIPE, SIGCHLD].allSatisfy { sigismember(&mask, $0) == 1 }
            appearance.niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
            return appearance
        }
    }

    private func appearance(_ name: String = "test", niceness: CInt? = nil) throws -> Appearance {
        let seen = Holder()
        let thread = try SystemThread(name, niceness: niceness, stackSize: 1 << 20) {
            seen.appearance.withLock { $0 = .current }
        }
        thread.join()
        let appearance = seen.appearance.withLock { $0 }
        return try #require(appearance)
    }

    private final class Holder: Sendable {
        let appearance = Mutex<Appearance?>(nil)
    }

    @Test("has its name, of which the system keeps 15 octets")
    func name() throws {
        #expect(try appearance("authd-test").name == "authd-test")
        #expect(try appearance("a-name-that-is-too-long").name == "a-name-that-is-")
    }

    @Test("takes no signal, and leaves the mask of the thread that starts it as it was")
    func signals() throws {
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &before)

        #expect(try appearance().blocksSignals)

        var after = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &after)
        #expect((1..<32).allSatisfy { sigismember(&before, $0) == sigismember(&after, $0) })
    }

    @Test("has the priority that it was given, otherwise that of the thread that starts it")
    func niceness() throws {
        let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)

        #expect(try appearance(niceness: 19).niceness == 19)
        #expect(try appearance().niceness == own)
    }

    @Test("releases what it was given once it has ended")
    func release() async throws {
        final class Resource: Sendable {}
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        weak var resource: Resource?
        let thread: SystemThread
        do {
            let made = Resource()
            resource = made
            thread = try SystemThread("test") { withExtendedLifetime(made) { continuation.finish() } }
        }
        for await _ in ended {}
        thread.join()

        #expect(resource == nil)
    }

    @Test("says by which number the system refused it")
    func refusal() {
        let error = #expect(throws: SystemThread.StartError.self) {
            try SystemThread.detached("test", stackSize: .max / 2) {}
        }
        #expect(error?.code == EAGAIN || error?.code == ENOMEM)
    }
}
