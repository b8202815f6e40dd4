// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a user, in the order in which statements name and read them.
enum UserColumns {
    /// The columns that make a user.
    static let list = SQLColumns(
        """
        id, username, email, email_verified_at_us, full_name, role, is_active, banned_until_us, is_anonymous, \
        must_change_password, epoch, app_metadata, user_metadata, created_at_us, updated_at_us, last_login_at_us, \
        permissions, origin, locale, credential_generation, is_bound, new_email, deleted_at_us
        """)

    /// What else a row has: copies to sort and search by.
    static let keys = SQLColumns("username_key, email_key, search_key, last_login_key")

    /// The user at a position of a row.
    static func user(in row: SQLRow, at first: Int = 0) throws(StoreError) -> User {
        let username: Username?
        let email: EmailAddress?
        let newEmail: EmailAddress?
        let fullName: FullName?
        do {
            username = try row.optionalText(first + 1).map { (text) throws(ValidationError) in try Username(text) }
            email = try row.optionalText(first + 2).map { (text) throws(ValidationError) in try EmailAddress(text) }
            newEmail = try row.optionalText(first + 21).map { (text) throws(ValidationError) in try EmailAddress(text) }
            fullName = try row.optionalText(first + 4).map { (text) throws(ValidationError) in try FullName(text) }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt("a user's name or address is not a valid one")
        }
        guard let role = Role(try row.text(first + 5)) else { throw .corrupt("a role's name is not a valid one") }
        guard let permissions = Scope(parsing: try row.text(first + 16)) else {
            throw .corrupt("a user's permissions are not valid ones")
        }
        let origin = try row.optionalText(first + 17).map { (text) throws(StoreError) in
            guard let origin = UserOrigin(rawValue: text) else { throw .corrupt("a user's origin is not a known one") }
            return origin
        }
        let locale = try row.optionalText(first + 18).map { (text) throws(StoreError) in
            guard let tag = LanguageTag(text) else { throw .corrupt("a user's language is not a valid one") }
            return tag
        }
        return User(
            id: UserID(try row.uuid(first)), username: username, email: email,
            emailVerifiedAt: try row.optionalTime(first + 3), newEmail: newEmail,
            deletedAt: try row.optionalTime(first + 22), fullName: fullName, role: role,
            permissions: permissions, isActive: try row.bool(first + 6), bannedUntil: try row.optionalTime(first + 7),
            isAnonymous: try row.bool(first + 8), mustChangePassword: try row.bool(first + 9),
            epoch: UserEpoch(try row.int64(first + 10)),
            credentialGeneration: CredentialGeneration(try row.int64(first + 19)), isBound: try row.bool(first + 20),
            appMetadata: try row.text(first + 11), userMetadata: try row.text(first + 12),
            createdAt: try row.time(first + 13), updatedAt: try row.time(first + 14),
            lastLoginAt: try row.optionalTime(first + 15), origin: origin, locale: locale)
    }

    /// The values of ``list``.
    static func values(_ user: User) -> [SQLValue] {
        [
            .id(user.id), .optional(user.username?.original), .optional(user.email?.original),
            .time(user.emailVerifiedAt), .optional(user.fullName?.text), .text(user.role.name), .bool(user.isActive),
            .time(user.bannedUntil), .bool(user.isAnonymous), .bool(user.mustChangePassword),
            .int64(user.epoch.value), .text(user.appMetadata), .text(user.userMetadata), .time(user.createdAt),
            .time(user.updatedAt), .time(user.lastLoginAt), .text(user.permissions.description),
            .optional(user.origin?.rawValue), .optional(user.locale?.text), .int64(user.credentialGeneration.value),
            .bool(user.isBound), .optional(user.newEmail?.original), .time(user.deletedAt),
        ]
    }

    /// The values of ``keys``.
    static func keyValues(_ user: User) -> [SQLValue] {
        [
            .text(user.username?.canonical ?? ""), .text(user.email?.canonical ?? ""), .text(UserSearch.key(of: user)),
            .int64(lastLoginKey(user)),
        ]
    }

    /// What a user is sorted by when sorted by their last sign-in.
    static func lastLoginKey(_ user: User) -> Int64 {
        user.lastLoginAt?.microseconds ?? .min
    }
}
