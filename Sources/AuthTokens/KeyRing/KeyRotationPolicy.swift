// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// When a signing key may take its next step.
public struct KeyRotationPolicy: Hashable, Sendable {
    /// How long verifiers may keep a fetched key set; a key is pending at least this long.
    public var keySetLifetime: Duration

    /// The longest time for which a token may be accepted, leeway included; a key is retiring at least this long.
    public var tokenLifetime: Duration

    /// How long a key signs before its successor is due; `nil` rotates only on demand.
    public var activePeriod: Duration?

    /// Sets all three; negative times count as none.
    public init(keySetLifetime: Duration, tokenLifetime: Duration, activePeriod: Duration? = nil) {
        self.keySetLifetime = max(keySetLifetime, .zero)
        self.tokenLifetime = max(tokenLifetime, .zero)
        self.activePeriod = activePeriod.map { max($0, .zero) }
    }

    /// The first instant at which a key that entered a state then may leave it; `nil` if time alone does not move it.
    public func earliestExit(from state: SigningKeyState, enteredAt start: Timestamp) -> Timestamp? {
        switch state {
        case .pending: start + keySetLifetime
        case .active: activePeriod.map { start + $0 }
        case .retiring: start + tokenLifetime
        case .retired: nil
        }
    }
}
