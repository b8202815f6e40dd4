// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Synchronization

/// The state of this process's clocks, and the actions that are due because of it.
final class ClockGuard: Sendable {
    // A class because the state must have one place in memory.
    private struct State {
        var watch: ClockWatch
        var jumps: UInt64 = 0
        var futureTokens: UInt64 = 0
        /// When a token from the future was last reported.
        var toldOfFutureToken: BootInstant?
        /// When a token of another issuer was last reported.
        var toldOfOtherIssuer: BootInstant?
        /// Whether revocations must be loaded again, because the clock was wrong when they were.
        var mustReload = false
    }

    /// How often tokens from the future, and those of another issuer, are reported at most.
    static let interval = Duration.seconds(60)

    private let state: Mutex<State>

    /// Begins to watch.
    init(at start: ClockReading) {
        state = Mutex(State(watch: ClockWatch(at: start)))
    }

    /// Reads the clocks.
    ///
    /// - Returns: By how much the system clock was set since the last reading, if by more than a minute.
    func look(_ reading: ClockReading) -> Duration? {
        state.withLock { state in
            switch state.watch.look(reading) {
            case .steady:
                return nil
            case .adjusted(let step):
                state.jumps &+= 1
                state.mustReload = true
                return step
            }
        }
    }

    /// Compares the clock with the newest event in the store; see ``ClockWatch/compare(withNewest:at:)``.
    func compare(withNewest stored: Timestamp, at reading: ClockReading) -> Duration? {
        state.withLock { $0.watch.compare(withNewest: stored, at: reading) }
    }

    /// Compares the clock with the database's own; see ``ClockWatch/compare(withStore:at:)``.
    func compare(withStore time: Timestamp, at reading: ClockReading) -> Duration? {
        state.withLock { $0.watch.compare(withStore: time, at: reading) }
    }

    /// Whether rows that have expired by the system clock may be deleted.
    func isTrusted(at now: BootInstant) -> Bool { state.withLock { $0.watch.isTrusted(at: now) } }

    /// Whether revocations must be loaded again since the clock was set.
    var mustReload: Bool { state.withLock { $0.mustReload } }

    /// Records that revocations were loaded after the clock was last set.
    func reloaded() { state.withLock { $0.mustReload = false } }

    /// Takes note of a genuine token of another issuer.
    ///
    /// - Returns: Whether to report it to the operator.
    func metOtherIssuer(at now: BootInstant) -> Bool {
        state.withLock { state in
            if let told = state.toldOfOtherIssuer, now < told + Self.interval { return false }
            state.toldOfOtherIssuer = now
            return true
        }
    }

    /// Counts a token from the future.
    ///
    /// - Returns: Whether to report it to the operator.
    func metFutureToken(at now: BootInstant) -> Bool {
        state.withLock { state in
            state.futureTokens &+= 1
            if let told = state.toldOfFutureToken, now < told + Self.interval { return false }
            state.toldOfFutureToken = now
            return true
        }
    }

    /// The counts, for metrics.
    func health(at now: BootInstant) -> ClockHealth {
        state.withLock { state in
            ClockHealth(
                jumps: state.jumps, futureTokens: state.futureTokens, isTrusted: state.watch.isTrusted(at: now))
        }
    }
}
