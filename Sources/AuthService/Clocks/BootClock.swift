// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Where durations are measured: a clock that cannot be set.
///
/// Silences, waits and the time for which revocations are remembered go by it, so that setting the system clock neither
/// ends them early nor makes them last.
public protocol BootClock: Sendable {
    /// The present instant; it never goes back.
    var sinceBoot: BootInstant { get }
}
