// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthSystem
import CLibPQ
import Glibc

/// The descriptors that one thread waits for, and the way to wake it.
///
/// A class, because the descriptors are closed with the last of the threads that know it.
final class EventPoll: Sendable {
    /// What a descriptor is waited for.
    struct Interest: OptionSet, Hashable, Sendable {
        var rawValue: UInt32

        static let readable = Interest(rawValue: UInt32(authd_readable))
        static let writable = Interest(rawValue: UInt32(authd_writable))
    }

    /// The token of the wake-up itself; connections have other numbers.
    private static let wakeToken = UInt64.max
    private static let noDescriptors = StoreError.unavailable("the system has no descriptors to spare")

    private let epoll: Int32
    private let wakeup: Wakeup

    init() throws(StoreError) {
        guard let wakeup = Wakeup() else { throw Self.noDescriptors }
        self.wakeup = wakeup
        epoll = authd_epoll_create()
        guard epoll >= 0,
            authd_epoll_watch(epoll, wakeup.descriptor, Interest.readable.rawValue, Self.wakeToken) == 0
        else { throw Self.noDescriptors }
    }

    deinit {
        if epoll >= 0 { Glibc.close(epoll) }
    }

    /// Wakes the thread that waits, or makes its next wait short.
    ///
    /// Any thread may call it.
    func wake() {
        wakeup.signal()
    }

    /// Waits for a descriptor, or changes what is waited for; false where the system refuses.
    func watch(_ descriptor: Int32, for interest: Interest, token: UInt64) -> Bool {
        authd_epoll_watch(epoll, descriptor, interest.rawValue, token) == 0
    }

    /// Stops waiting for a descriptor that stays open.
    func forget(_ descriptor: Int32) {
        authd_epoll_forget(epoll, descriptor)
    }

    /// Waits until a descriptor is ready, another thread wakes it, or the timeout passes, and returns the ready tokens.
    ///
    /// The timeout is rounded up to milliseconds; `nil` waits without end.
    func wait(_ timeout: Duration?) -> [UInt64] {
        withUnsafeTemporaryAllocation(of: authd_readiness.self, capacity: 64) { ready in
            let count = authd_epoll_wait(epoll, ready.baseAddress, 64, Self.milliseconds(timeout))
            var tokens: [UInt64] = []
            for readiness in ready.prefix(Int(count)) {
                if readiness.token == Self.wakeToken {
                    wakeup.clear()
                } else {
                    tokens.append(readiness.token)
                }
            }
            return tokens
        }
    }

    private static func milliseconds(_ timeout: Duration?) -> Int32 {
        guard let timeout else { return -1 }
        guard timeout > .zero else { return 0 }
        guard timeout < .seconds(60) else { return 60_000 }
        let (seconds, attoseconds) = timeout.components
        return Int32(seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
