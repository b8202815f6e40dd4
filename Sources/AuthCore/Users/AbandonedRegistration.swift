// SPDX-License-Identifier: Apache-2.0

/// Decides which registrations were never completed, and may be removed with what they hold.
///
/// A stranger who registers another person's address would otherwise hold it for ever, and a username with it.
public enum AbandonedRegistration {
    /// Whether a user may be removed, because they registered before `cutoff`, never proved their address and never signed in.
    ///
    /// Never a user whom an administrator made, promoted, disabled or banned, or of whom it is not known how they came to
    /// exist. A user who never signed in cannot have set up anything else.
    public static func includes(_ user: User, madeBefore cutoff: Timestamp) -> Bool {
        user.origin == .registered && user.email != nil && !user.isVerified && user.lastLoginAt == nil
            && user.createdAt < cutoff && user.role == .user && user.isActive && user.bannedUntil == nil
            && !user.isAnonymous
    }
}
