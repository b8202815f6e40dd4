// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of an identity, in the order in which statements name and read them.
enum IdentityColumns {
    /// The columns that make an identity.
    static let list = SQLColumns(
        """
        user_id, id, provider, issuer, subject, email, email_is_verified, is_bound, created_at_us, last_used_at_us
        """)

    /// The identity at a position of a row.
    static func identity(in row: SQLRow, at first: Int = 0) throws(StoreError) -> Identity {
        guard let provider = ProviderName(parsing: try row.text(first + 2)) else {
            throw .corrupt("the provider of an identity has no valid name")
        }
        guard let subject = ProviderSubject(issuer: try row.text(first + 3), subject: try row.text(first + 4)) else {
            throw .corrupt("the subject of an identity is not a valid one")
        }
        var email: EmailAddress?
        do {
            email = try row.optionalText(first + 5).map { (text) throws(ValidationError) in try EmailAddress(text) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("the address of an identity is not a valid one")
        }
        return Identity(
            id: IdentityID(try row.uuid(first + 1)), userID: UserID(try row.uuid(first)), provider: provider,
            subject: subject, email: email, emailIsVerified: try row.bool(first + 6),
            isBound: try row.bool(first + 7), createdAt: try row.time(first + 8),
            lastUsedAt: try row.time(first + 9))
    }

    /// The identities in a result that has one in each row.
    static func identities(in result: SQLResult) throws(StoreError) -> [Identity] {
        var identities: [Identity] = []
        for row in result.rows { identities.append(try identity(in: row)) }
        return identities
    }

    /// The values of ``list``.
    static func values(_ identity: Identity) -> [SQLValue] {
        [
            .id(identity.userID), .id(identity.id), .text(identity.provider.text), .text(identity.subject.issuer),
            .text(identity.subject.subject), .optional(identity.email?.original), .bool(identity.emailIsVerified),
            .bool(identity.isBound), .time(identity.createdAt), .time(identity.lastUsedAt),
        ]
    }
}
