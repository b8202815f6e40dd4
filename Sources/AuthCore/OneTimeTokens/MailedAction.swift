// SPDX-License-Identifier: Apache-2.0

/// What the recipient of a mail does with the link or the code in it.
public enum MailedAction: String, CaseIterable, Hashable, Sendable {
    /// Confirms the address that the user has.
    case verifyAddress = "verify"
    /// Sets a new password.
    case resetPassword = "reset"
    /// Confirms an address that the user wants to have.
    case changeAddress = "change-address"
    /// Restores the address that the user had.
    case undoAddressChange = "undo-address-change"
    /// Signs in.
    case signIn = "sign-in"
    /// Accepts an invitation.
    case acceptInvitation = "invitation"
    /// Lets a browser sign in while sign-ins of this user from new devices are refused.
    case unlock = "unlock"
    /// Proves again, in a live session, who the user is; its mail has a code alone.
    case reauthenticate = "reauthenticate"
    /// What a mail of Supabase's API is for; its pages are that API's.
    case supabase
    /// Says that the recipient did not ask for a mail, which ends what was asked for.
    case report = "not-me"

    /// Where the page of this action is, below the public URL: `/actions/reset`.
    public var path: String { "/actions/\(rawValue)" }
}
