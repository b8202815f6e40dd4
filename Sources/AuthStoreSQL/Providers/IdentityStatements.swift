// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements about identities and codes of providers: what decisions read, and what plans write.
enum IdentityStatements {
    /// The identity with an issuer and a subject, whose ever it is.
    static func find(_ subject: ProviderSubject) -> Statement {
        Statement(selectBySubject, [.text(subject.issuer), .text(subject.subject)])
    }

    /// The user who has an address.
    static func findHolder(of address: EmailAddress) -> Statement {
        Statement(selectHolder, [.text(address.canonical)])
    }

    /// The identities of a user.
    static func select(of id: UserID) -> Statement {
        Statement(selectOfUser, [.id(id)])
    }

    /// The identities of a user whose row is locked.
    static func lock(of id: UserID) -> Statement {
        Statement(lockOfUser, [.id(id)])
    }

    /// Stores an identity in place of any other with its id.
    static func put(_ identity: Identity) -> Statement {
        Statement(putIdentity, IdentityColumns.values(identity))
    }

    /// Removes an identity.
    static func remove(_ id: IdentityID, of userID: UserID) -> Statement {
        Statement(deleteIdentity, [.id(userID), .id(id)])
    }

    /// Removes the identities of a user that are not bound.
    static func removeUnbound(of userID: UserID) -> Statement {
        Statement(deleteUnbound, [.id(userID)])
    }

    /// Removes the identities of a user that were linked at an instant or later.
    static func remove(of userID: UserID, linkedSince instant: Timestamp) -> Statement {
        Statement(deleteLinkedSince, [.id(userID), .time(instant)])
    }

    /// Binds the identities of a user, or takes the binding from them.
    static func bind(of userID: UserID, _ isBound: Bool) -> Statement {
        Statement(bindIdentities, [.id(userID), .bool(isBound)])
    }

    /// Stores a code.
    static func insert(_ code: ProviderCode) -> Statement {
        Statement(insertCode, ProviderCodeColumns.values(code))
    }

    /// A code's row.
    static func lockCode(_ digest: [UInt8]) -> Statement {
        Statement(lockCode, [.bytes(digest)])
    }

    /// Removes a code.
    static func removeCode(_ digest: [UInt8]) -> Statement {
        Statement(deleteCode, [.bytes(digest)])
    }

    /// Counts a wrong verifier at a code whose row is locked.
    static func countWrongVerifier(_ digest: [UInt8]) -> Statement {
        Statement(countVerifier, [.bytes(digest)])
    }

    /// Removes the codes of a user who is gone.
    static func removeCodes(of userID: UserID) -> Statement {
        Statement(deleteCodesOfUser, [.id(userID)])
    }

    // MARK: The texts

    // Issuer and subject lead to the user as a name does.
    private static let selectBySubject = SQL(
        joining: [
            "SELECT", .init(IdentityColumns.list), "FROM authd.identities WHERE issuer = $1 AND subject = $2",
        ], isPermanent: true)

    private static let selectHolder = SQL(
        "SELECT user_id FROM authd.identifiers WHERE kind = 'email' AND canonical = $1")

    private static let selectOfUser = SQL(
        joining: [
            "SELECT", .init(IdentityColumns.list),
            "FROM authd.identities WHERE user_id = $1 ORDER BY created_at_us, id",
        ], isPermanent: true)

    private static let lockOfUser = SQL(
        joining: [
            "SELECT", .init(IdentityColumns.list),
            "FROM authd.identities WHERE user_id = $1 ORDER BY created_at_us, id FOR UPDATE",
        ], isPermanent: true)

    private static let putIdentity = SQL(
        joining: [
            "INSERT INTO authd.identities", IdentityColumns.list.insertion,
            "ON CONFLICT (user_id, id) DO UPDATE SET", IdentityColumns.list.dropFirst(2).assignments(from: 3),
        ], isPermanent: true)

    private static let deleteIdentity = SQL("DELETE FROM authd.identities WHERE user_id = $1 AND id = $2")

    private static let deleteUnbound = SQL("DELETE FROM authd.identities WHERE user_id = $1 AND NOT is_bound")

    private static let deleteLinkedSince = SQL(
        "DELETE FROM authd.identities WHERE user_id = $1 AND created_at_us >= $2")

    private static let bindIdentities = SQL(
        "UPDATE authd.identities SET is_bound = $2 WHERE user_id = $1 AND is_bound <> $2")

    private static let insertCode = SQL(
        joining: ["INSERT INTO authd.provider_codes", ProviderCodeColumns.list.insertion], isPermanent: true)

    private static let lockCode = SQL(
        joining: [
            "SELECT", .init(ProviderCodeColumns.list), "FROM authd.provider_codes WHERE digest = $1 FOR UPDATE",
        ], isPermanent: true)

    private static let deleteCode = SQL("DELETE FROM authd.provider_codes WHERE digest = $1")

    private static let countVerifier = SQL(
        "UPDATE authd.provider_codes SET wrong_verifiers = wrong_verifiers + 1 WHERE digest = $1")

    private static let deleteCodesOfUser = SQL("DELETE FROM authd.provider_codes WHERE user_id = $1")
}
