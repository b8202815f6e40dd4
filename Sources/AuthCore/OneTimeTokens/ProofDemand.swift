// SPDX-License-Identifier: Apache-2.0

/// What a mailed action demands of a client beside the token of the link.
///
/// Scanners of mail, and attackers who have another person open a link, get no further than the token.
public enum ProofDemand: Hashable, Sendable, CaseIterable {
    /// Nothing: the token completes the action in any browser.
    case link
    /// That the client is the one that asked for the mail, or the code.
    case hereOrCode
    /// The code, whether or not the client is the one that asked.
    case code

    /// What a recipient shows who says that they did not ask for a mail.
    public static let report = ProofDemand.code
}

extension OneTimeTokenPurpose {
    /// What completing the action demands.
    ///
    /// What opens a session or makes a browser known is never completed by the token alone.
    ///
    /// - Parameter settingPassword: Whether a new password is typed with the proof, which undoing a change takes for the code.
    /// - Returns: The demand.
    public func demand(settingPassword: Bool = false) -> ProofDemand {
        switch self {
        case .passwordReset, .emailVerification, .addressChange, .invitation, .supabase: .link
        case .signIn, .unlock: .hereOrCode
        case .addressUndo: settingPassword ? .link : .code
        case .reauthentication: .code
        }
    }
}
