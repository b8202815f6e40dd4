// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Starting threads of our own.
enum WorkerThread {
    /// Runs `body` on a new detached thread that receives no signals.
    ///
    /// Niceness 0 is the normal priority, 19 the lowest; on Linux it is a property of a thread.
    /// - Throws: `.resourcesExhausted`.
    static func start(
        name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void
    ) throws(CryptoError) {
        let start = Unmanaged.passRetained(Start(name: name, niceness: niceness, body: body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            start.release()
            throw .resourcesExhausted
        }
        pthread_detach(thread)
    }

    private final class Start: Sendable {
        let name: String
        let niceness: Int32
        let body: @Sendable () -> Void

        init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }

        func run() {
            var signals = sigset_t()
            sigfillset(&signals)
            pthread_sigmask(SIG_SETMASK, &signals, nil)
            authd_set_thread_name(name)
            // Zero means the calling thread. A refusal costs fairness only.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            body()
        }
    }
}
