// SPDX-License-Identifier: Apache-2.0

/// For whom a password is hashed, where more is asked for than can be done.
public enum HashingLane: Hashable, Sendable, CaseIterable {
    /// For whoever comes: at most three quarters of the queue.
    case open
    /// For those who were known before they asked: the whole queue, a quarter of it for them alone.
    case reserved
}
