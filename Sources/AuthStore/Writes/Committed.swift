// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The outcome of a writing operation, and the changes of its commit that concern a process's memory.
///
/// The process that wrote applies the changes before it answers; every other process reads them in the change feed.
public struct Committed<Outcome: Sendable>: Sendable {
    /// The outcome of the operation.
    public let outcome: Outcome
    /// The changes, in the order in which they were written; empty if the operation was rejected.
    public let changes: [CommittedChange]

    /// Pairs an outcome with what was written.
    public init(_ outcome: Outcome, changes: [CommittedChange]) {
        self.outcome = outcome
        self.changes = changes
    }
}

/// One change of a commit that concerns what processes keep in memory.
public enum CommittedChange: Hashable, Sendable {
    /// An entry of the change feed, which every process reads.
    case appended(StoreChange.Kind)
    /// The last sign-in of a user, which decides nothing: the feed does not have it.
    case signedIn(UserID)
    /// An entry of the outbox, which this process may deliver.
    case enqueued(OutboxLane)
}

extension StorePlan {
    /// The outcome as it is once the writes are committed.
    package var committed: Committed<Outcome> {
        Committed(outcome, changes: writes.compactMap(\.change))
    }
}

extension StoreWrite {
    /// The change that a process with cached data must apply for this write.
    fileprivate var change: CommittedChange? {
        switch self {
        case .appendChange(let change): .appended(change)
        case .recordSignIn(let user): .signedIn(user.id)
        case .enqueue(let entry): .enqueued(entry.lane)
        // A write of these that invalidates cached data comes with an entry of the feed.
        case .updateUser, .proveAddress, .removeUser, .forgetUser, .reserveIdentifier, .releaseIdentifier,
            .putAddressChange, .removeAddressChange, .changeUserCount, .storeHash, .removeHash, .openSession,
            .updateSession,
            .renewSession, .endSessions, .voidTokens, .voidToken, .extendToken, .putFlow, .countWrongCode,
            .putMailBudget, .removeMailRequest, .issueToken, .putInvitation, .putIdentity, .removeIdentity,
            .removeUnboundIdentities, .removeIdentities, .bindIdentities, .unbindIdentities, .removeProviderCode,
            .countWrongVerifier, .freeIdentifiers, .putSupabaseCode, .removeSupabaseCode, .removeSupabaseCodes,
            .countWrongSupabaseVerifier, .putAddressConfirmation, .removeAddressConfirmation, .putSupabaseBudget,
            .voidCode, .putSupabaseKey,
            .noteSupabaseKeyUse, .putKey, .removeKey, .putRole, .removeRole, .appendAudit, .updateOutboxRow,
            .removeOutboxRow:
            nil
        }
    }
}
