// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The clock for durations, which cannot be set.
///
/// The feed's silence, waits and the retention of revocations are measured by it, so that setting the system clock
/// neither ends them early nor extends them.
public protocol BootClock: Sendable {
    /// The present instant; it never goes back.
    var sinceBoot: BootInstant { get }
}
