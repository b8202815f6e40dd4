// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a writing operation came to, and what its commit changed of the things that a process keeps in memory.
///
/// The process that wrote takes the changes in before it answers; every other process reads them in the change feed.
public struct Committed<Outcome: Sendable>: Sendable {
    /// What the operation came to.
    public let outcome: Outcome
    /// What changed, in the order in which it was written; empty where the operation was refused.
    public let changes: [CommittedChange]

    /// Pairs an outcome with what was written.
    public init(_ outcome: Outcome, changes: [CommittedChange]) {
        self.outcome = outcome
        self.changes = changes
    }
}

/// One thing that a commit changed of what processes keep in memory.
public enum CommittedChange: Hashable, Sendable {
    /// Something that the change feed tells every process of.
    case appended(StoreChange.Kind)
    /// The last sign-in of a user, which decides nothing: the feed does not mention it.
    case signedIn(UserID)
}

extension StorePlan {
    /// The outcome as it is once the writes are committed.
    package var committed: Committed<Outcome> {
        Committed(outcome, changes: writes.compactMap(\.change))
    }
}

extension StoreWrite {
    /// What a process that keeps things in memory must hear of this write.
    fileprivate var change: CommittedChange? {
        switch self {
        case .appendChange(let change): .appended(change)
        case .recordSignIn(let user): .signedIn(user.id)
        // Whatever of these invalidates something is written together with an entry of the feed.
        case .updateUser, .proveAddress, .removeUser, .changeUserCount, .storeHash, .openSession, .updateSession,
            .endSessions, .voidTokens, .issueToken, .putKey, .removeKey, .appendAudit:
            nil
        }
    }
}
