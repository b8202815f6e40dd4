// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// How a start waits for a database that does not answer yet: pure, one step for each failure.
struct StartPatience: Sendable {
    /// What to do after a failure.
    enum Step: Hashable, Sendable {
        /// Try again after a pause; the first time, say that the start waits.
        case retry(after: Duration, isFirst: Bool)
        /// End the start: the time is over, or waiting does not help.
        case giveUp
    }

    /// The pause between two attempts.
    static let pause: Duration = .milliseconds(500)

    /// How long a start waits in all.
    let bound: Duration
    private var isWaiting = false

    /// Begins to wait, at most for so long.
    init(bound: Duration) {
        self.bound = bound
    }

    /// What to do after a failure that came so long after the first attempt began.
    mutating func step(after error: StoreError, elapsed: Duration) -> Step {
        switch error {
        case .unavailable:
            guard elapsed < bound else { return .giveUp }
            let isFirst = !isWaiting
            isWaiting = true
            return .retry(after: min(Self.pause, bound - elapsed), isFirst: isFirst)
        case .denied, .conflict, .corrupt, .cancelled:
            return .giveUp
        }
    }
}
