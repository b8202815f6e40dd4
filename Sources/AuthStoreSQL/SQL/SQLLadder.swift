// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// One operation in several attempts, from the cheapest transaction to the dearest: each is made only where the one before
/// could not decide, and left everything as it was.
public struct SQLLadder<Output: Sendable>: Sendable {
    /// The attempts that give `nil` where they cannot decide.
    let attempts: [SQLOperation<Output?>]
    /// The attempt that always decides.
    let last: SQLOperation<Output>

    /// Orders attempts.
    public init(_ attempts: [SQLOperation<Output?>], orElse last: SQLOperation<Output>) {
        self.attempts = attempts
        self.last = last
    }
}

extension SQLDriver {
    /// Runs the attempts of a ladder until one decides.
    public func perform<Output: Sendable>(_ ladder: SQLLadder<Output>) async throws(StoreError) -> Output {
        for attempt in ladder.attempts {
            if let output = try await perform(attempt) { return output }
        }
        return try await perform(ladder.last)
    }
}
