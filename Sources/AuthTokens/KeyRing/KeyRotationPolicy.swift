// SPDX-License-Identifier: Apache-2.0

/// When a signing key may take its next step. All times are in whole seconds.
public struct KeyRotationPolicy: Hashable, Sendable {
    /// How long verifiers may keep a fetched key set; a key is pending at least this long.
    public var keySetLifetime: Int64

    /// The longest time for which a token may be accepted, leeway included; a key is retiring at least this long.
    public var tokenLifetime: Int64

    /// How long a key signs before its successor is due; `nil` rotates only on demand.
    public var activePeriod: Int64?

    /// Sets all three; negative times count as none.
    public init(keySetLifetime: Int64, tokenLifetime: Int64, activePeriod: Int64? = nil) {
        self.keySetLifetime = max(keySetLifetime, 0)
        self.tokenLifetime = max(tokenLifetime, 0)
        self.activePeriod = activePeriod.map { max($0, 0) }
    }

    /// The first second at which a key that entered a state then may leave it; `nil` if time alone does not move it.
    public func earliestExit(from state: SigningKeyState, enteredAt: Int64) -> Int64? {
        switch state {
        case .pending: enteredAt.addingSaturating(keySetLifetime)
        case .active: activePeriod.map { enteredAt.addingSaturating($0) }
        case .retiring: enteredAt.addingSaturating(tokenLifetime)
        case .retired: nil
        }
    }
}

extension Int64 {
    /// Stops at the greatest value; `other` is not negative.
    func addingSaturating(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// Stops at the least value; `other` is not negative.
    func subtractingSaturating(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? .min : difference
    }
}
