// SPDX-License-Identifier: Apache-2.0

/// Which of its mails Supabase's API sends.
///
/// The raw value is stored, and is what the contract calls the mail where it makes links.
public enum SupabaseMailKind: String, Hashable, Sendable, CaseIterable {
    /// Confirms the address of a user who has signed up.
    case signup
    /// Confirms the address of a user whom an administrator made.
    case invite
    /// Signs in.
    case magicLink = "magiclink"
    /// Signs in, so that a new password can be set.
    case recovery
    /// Confirms, from the present address, that it is changed.
    case emailChangeCurrent = "email_change_current"
    /// Confirms the new address.
    case emailChangeNew = "email_change_new"
    /// Brings a code by which a user proves again who they are; it has no link.
    case reauthentication

    /// What the contract calls the mail where its link or code is redeemed.
    public var type: String {
        switch self {
        case .emailChangeCurrent, .emailChangeNew: "email_change"
        case .signup, .invite, .magicLink, .recovery, .reauthentication: rawValue
        }
    }

    /// The name under which a session that the mail opened notes how.
    ///
    /// - Parameter isExchange: Whether the session was opened by the exchange of a code with its verifier, and not by the link
    ///   or the code of the mail.
    /// - Returns: The name, which ``SupabaseView/amr(_:)`` translates.
    public func method(isExchange: Bool) -> String {
        let name =
            switch self {
            case .signup: "signup"
            case .invite: "invite"
            case .magicLink: "magiclink"
            case .recovery: "recovery"
            case .emailChangeCurrent, .emailChangeNew: "change"
            case .reauthentication: "reauthentication"
            }
        return (isExchange ? "sb_" : "sb_otp_") + name
    }
}
