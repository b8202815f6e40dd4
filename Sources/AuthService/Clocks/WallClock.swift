// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The clock for stored and published times: a parameter of everything that needs it.
///
/// It may be set at any moment. Durations are measured by a ``BootClock``.
public protocol WallClock: Sendable {
    /// The present instant.
    var now: Timestamp { get }
}
