// SPDX-License-Identifier: Apache-2.0

import CLibPQ
import Glibc

/// A thread of the system, for calls that wait: none of them runs on the cooperative pool.
///
/// It blocks every signal, so that those meant for the process go to threads that expect them.
struct OSThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread; `nil` where the system has none to give.
    ///
    /// Debuggers show the name, at most 15 octets of it.
    init?(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let main = Unmanaged.passRetained(Main(name: name, body: body))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, threadMain, main.toOpaque())
        guard status == 0 else {
            main.release()
            return nil
        }
        self.thread = thread
    }

    /// Waits for the end of the thread, at most once, and not on the cooperative pool.
    func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread end by itself; `join` may not be called then.
    func detach() {
        pthread_detach(thread)
    }

    fileprivate final class Main: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let main = Unmanaged<OSThread.Main>.fromOpaque(argument).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    authd_name_thread(main.name)
    main.body()
    return nil
}
