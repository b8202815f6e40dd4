// SPDX-License-Identifier: Apache-2.0

/// A change to the part of a user that the user may write.
///
/// `nil` leaves a field as it is; `.some(nil)` removes it. Role, state and password have operations of their own.
public struct ProfileChange: Hashable, Sendable {
    /// The new username.
    public var username: Username??
    /// The new address; it counts as unverified unless it is the same one.
    public var email: EmailAddress??
    /// The address that the user asks for; it is the user's once it is proven.
    public var newEmail: EmailAddress??
    /// The new name.
    public var fullName: FullName??
    /// What changes of the metadata that the user may write.
    public var userMetadata: MetadataPatch?
    /// What changes of the metadata that only the operator's services write; never taken from the user.
    public var appMetadata: MetadataPatch?
    /// The new language of mails.
    public var locale: LanguageTag??

    /// Describes a change; without arguments, none.
    public init(
        username: Username?? = nil, email: EmailAddress?? = nil, newEmail: EmailAddress?? = nil,
        fullName: FullName?? = nil, userMetadata: MetadataPatch? = nil, appMetadata: MetadataPatch? = nil,
        locale: LanguageTag?? = nil
    ) {
        self.username = username
        self.email = email
        self.newEmail = newEmail
        self.fullName = fullName
        self.userMetadata = userMetadata
        self.appMetadata = appMetadata
        self.locale = locale
    }

    /// Whether nothing would change.
    public var isEmpty: Bool {
        username == nil && email == nil && newEmail == nil && fullName == nil && userMetadata == nil
            && appMetadata == nil && locale == nil
    }

    /// Why the change cannot be made to a user.
    public enum Refusal: Hashable, Sendable {
        /// The last identifier would be removed: no username and no address would be left.
        case noIdentifierLeft
        /// The metadata that the user writes would be too large.
        case userMetadataTooLarge
        /// The metadata that the operator's services write would be too large.
        case appMetadataTooLarge
    }

    /// The user after the change at `now`, or why it is rejected.
    ///
    /// A new address, even one that differs only in parts that look-ups ignore, is where mail goes; only a canonically
    /// different one has to be verified again.
    public func applied(to user: User, at now: Timestamp) -> Result<User, ProfileChangeRefused> {
        var changed = user
        if let username { changed.username = username }
        if let email {
            if email?.canonical != user.email?.canonical {
                changed.emailVerifiedAt = nil
                // What was shown with a proof of one mailbox was not shown with one of another.
                changed.isBound = false
                // What was asked for before is out of date.
                changed.newEmail = nil
            }
            changed.email = email
            if email != nil { changed.endAnonymity() }
        }
        if let newEmail { changed.newEmail = newEmail }
        if let fullName { changed.fullName = fullName }
        if let userMetadata {
            guard let merged = try? userMetadata.applied(to: user.userMetadata) else {
                return .failure(ProfileChangeRefused(reason: .userMetadataTooLarge))
            }
            changed.userMetadata = merged
        }
        if let appMetadata {
            guard let merged = try? appMetadata.applied(to: user.appMetadata) else {
                return .failure(ProfileChangeRefused(reason: .appMetadataTooLarge))
            }
            changed.appMetadata = merged
        }
        if let locale { changed.locale = locale }
        // Users who sign in by a provider alone may have none from the start.
        let hadNone = user.username == nil && user.email == nil && user.deletedAt == nil
        guard changed.username != nil || changed.email != nil || hadNone else {
            return .failure(ProfileChangeRefused(reason: .noIdentifierLeft))
        }
        if changed != user || !changed.hasSameMetadata(as: user) { changed.updatedAt = now }
        return .success(changed)
    }
}

/// A profile change that would leave a user in a state that is not allowed.
public struct ProfileChangeRefused: Error, Hashable, Sendable {
    /// Which rule stood against it.
    public let reason: ProfileChange.Refusal
}
