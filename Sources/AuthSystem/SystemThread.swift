// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A thread of the system, for calls that block or keep a processor busy: none of them runs on the cooperative pool.
///
/// It blocks every signal, so that those meant for the process go to threads that expect them, and a `SIGPIPE` from a
/// library's write to a closed socket does not end the process.
package struct SystemThread: Sendable {
    /// The system refused another thread.
    package struct StartError: Error, Equatable {
        /// The error number of `pthread_create`.
        package let code: CInt

        /// Makes the error of a number.
        package init(code: CInt) {
            self.code = code
        }
    }

    private let thread: pthread_t

    /// Starts a thread that is to be joined or detached, once.
    ///
    /// - Parameters:
    ///   - name: What debuggers and `ps -L` show, at most 15 octets of it.
    ///   - niceness: From 0, the normal priority, to 19, the lowest; on Linux it is a property of a thread. `nil`
    ///     leaves that of the thread that starts it. Where the system refuses the priority, the thread runs all the
    ///     same.
    ///   - stackSize: In octets; `nil` leaves the system's choice.
    ///   - body: Run once, with every signal blocked.
    /// - Throws: ``StartError`` where the system has no memory or no thread to spare; `body` is not run then.
    package init(
        _ name: String, niceness: CInt? = nil, stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void
    ) throws(StartError) {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { throw StartError(code: ENOMEM) }
        defer { pthread_attr_destroy(&attributes) }
        if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }

        // The new thread inherits the mask, so that no signal finds it before it could block them itself.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let start = Unmanaged.passRetained(Start(name: name, niceness: niceness, body: body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Start>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw StartError(code: code)
        }
        self.thread = thread
    }

    /// Starts a thread that ends by itself; the parameters are those of the initializer.
    package static func detached(
        _ name: String, niceness: CInt? = nil, stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void
    ) throws(StartError) {
        try SystemThread(name, niceness: niceness, stackSize: stackSize, body).detach()
    }

    /// Waits for the end of the thread, at most once, and not on the cooperative pool.
    package func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread end by itself; ``join()`` may not be called then.
    package func detach() {
        pthread_detach(thread)
    }

    /// Blocks the calling thread, which must not be one of the cooperative pool.
    package static func pause(milliseconds: Int) {
        var length = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
        nanosleep(&length, nil)
    }

    /// What a thread is handed, an object because C carries one pointer.
    private final class Start: Sendable {
        let name: String
        let niceness: CInt?
        let body: @Sendable () -> Void

        init(name: String, niceness: CInt?, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }

        func run() {
            authd_set_thread_name(name)
            // Zero means the calling thread. A refusal costs fairness only.
            if let niceness { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
            body()
        }
    }
}
