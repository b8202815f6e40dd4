// SPDX-License-Identifier: Apache-2.0

/// What a hashing pool is doing and has done since it was made.
public struct HashingCounters: Hashable, Sendable {
    /// Jobs that wait now.
    public internal(set) var waiting = 0
    /// Jobs that are being done now, or whose result is about to be delivered.
    public internal(set) var running = 0
    /// Jobs done.
    public internal(set) var completed = 0
    /// Jobs refused because the queue was full or closed.
    public internal(set) var refused = 0
    /// Jobs dropped because their deadline passed before they began.
    public internal(set) var expired = 0
    /// Jobs dropped because their callers no longer waited.
    public internal(set) var cancelled = 0

    init() {}
}
