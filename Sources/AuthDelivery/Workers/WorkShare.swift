// SPDX-License-Identifier: Apache-2.0

/// How much of what is bounded one destination may have, so that a slow one leaves the rest to others.
struct WorkShare: Equatable {
    /// How many pieces of work for it run at once.
    let running: Int
    /// How many wait.
    let waiting: Int
}
