// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Finding, linking and unlinking identities.
enum IdentityOperations {
    /// Whom an arrival would be about.
    static func look(_ subject: ProviderSubject, address: EmailAddress?) -> SQLOperation<ProviderLook> {
        SQLOperation(
            .read,
            find(subject, address) { (identity, holder) in
                let users = [identity?.userID, holder].compactMap { $0 }.map { Statement(selectUser, [.id($0)]) }
                guard !users.isEmpty else {
                    return .commit([], ProviderLook(identity: nil, user: nil, holder: nil))
                }
                return .run(users) { (results) throws(StoreError) in
                    guard results.count == users.count, let first = results.first, let last = results.last else {
                        throw .corrupt("a statement gave no result")
                    }
                    return .commit(
                        [],
                        ProviderLook(
                            identity: identity, user: identity == nil ? nil : try LockedRows.user(in: first),
                            holder: holder == nil ? nil : try LockedRows.user(in: last)))
                }
            })
    }

    /// The identities of a user.
    static func identities(of userID: UserID) -> SQLOperation<[Identity]> {
        SQLOperation(
            .read,
            .run(IdentityStatements.select(of: userID)) { (result) throws(StoreError) in
                .commit([], try IdentityColumns.identities(in: result))
            })
    }

    /// P9, P10.
    ///
    /// Where another transaction has linked the identity meanwhile, this one fails with `.conflict`.
    static func link(
        _ identity: Identity, session: SessionID, context: OperationContext
    ) -> SQLOperation<Committed<LinkOutcome>> {
        let userID = identity.userID
        let reads = [
            LockedRows.user(userID), LockedRows.session(session, of: userID), IdentityStatements.lock(of: userID),
            IdentityStatements.find(identity.subject),
        ]
        return SQLOperation(
            .write,
            .run(reads) { (results) throws(StoreError) in
                guard results.count == 4 else { throw .corrupt("a statement gave no result") }
                let rows = LinkRows(
                    user: try LockedRows.user(in: results[0]), session: try LockedRows.session(in: results[1]),
                    identities: try IdentityColumns.identities(in: results[2]),
                    holding: try IdentityColumns.identities(in: results[3]).first)
                return .commit(StorePlan<LinkOutcome>.link(identity, rows, context: context), at: context.now)
            })
    }

    /// P11.
    static func unlink(
        _ id: IdentityID, of userID: UserID, enabled: Set<ProviderName>, signsInByMail: Bool, context: OperationContext
    ) -> SQLOperation<Committed<UnlinkOutcome>> {
        let reads = [
            LockedRows.user(userID), LockedRows.passwordHash(of: userID), IdentityStatements.lock(of: userID),
        ]
        return SQLOperation(
            .write,
            .run(reads) { (results) throws(StoreError) in
                guard results.count == 3 else { throw .corrupt("a statement gave no result") }
                let plan = StorePlan<UnlinkOutcome>.unlink(
                    id, of: try LockedRows.user(in: results[0]),
                    hasPassword: try LockedRows.passwordHash(in: results[1]) != nil,
                    identities: try IdentityColumns.identities(in: results[2]), enabled: enabled,
                    signsInByMail: signsInByMail, context: context)
                return .commit(plan, at: context.now)
            })
    }

    /// Reads, without a lock, which identity is known and who has an address.
    static func find<Output: Sendable>(
        _ subject: ProviderSubject, _ address: EmailAddress?,
        _ next: @escaping @Sendable (Identity?, UserID?) throws(StoreError) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        let reads = [IdentityStatements.find(subject)] + (address.map { [IdentityStatements.findHolder(of: $0)] } ?? [])
        return .run(reads) { (results) throws(StoreError) in
            guard let first = results.first, results.count == reads.count else {
                throw .corrupt("a statement gave no result")
            }
            var holder: UserID?
            if let row = results.dropFirst().first?.first { holder = UserID(try row.uuid(0)) }
            return try next(try IdentityColumns.identities(in: first).first, holder)
        }
    }

    private static let selectUser = SQL(
        joining: ["SELECT", .init(UserColumns.list), "FROM authd.users WHERE id = $1"], isPermanent: true)
}
