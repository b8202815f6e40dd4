// SPDX-License-Identifier: Apache-2.0

/// What a user must do before their tokens carry any authority.
///
/// While one is pending, access tokens are issued without scope and role, so that services which see only the token
/// reject the user as the daemon itself does.
public enum PendingDuty: Hashable, Sendable, CaseIterable {
    /// Replace a password that another person chose.
    case passwordChange
    /// Verify the address, where the service requires that.
    case emailVerification

    /// The pending duty of a user as they are now; `nil` for most users.
    ///
    /// Changing the password comes before verifying the address, which is a duty only where the service requires a
    /// verified address of every user.
    public static func of(_ user: User, requiresVerifiedEmail: Bool) -> PendingDuty? {
        if user.mustChangePassword { return .passwordChange }
        return requiresVerifiedEmail && !user.isVerified ? .emailVerification : nil
    }
}
