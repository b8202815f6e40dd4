// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Where the time comes from that is stored and told to others: a parameter of everything that asks for it.
///
/// It may be set at any moment. What measures a duration asks a ``BootClock``.
public protocol WallClock: Sendable {
    /// The present instant.
    var now: Timestamp { get }
}
