// SPDX-License-Identifier: Apache-2.0

/// What was wrong with a form of a mailed action.
public enum ActionFault: Hashable, Sendable {
    /// No code was typed.
    case codeMissing
    /// A wrong code was typed; the number says how many more may be.
    case codeWrong(triesLeft: Int)
    /// The code was right once, and is too old now.
    case codeExpired
    /// The last of the wrong codes that are allowed was typed.
    case codeVoided
    /// No password was typed.
    case passwordMissing
    /// The password has fewer characters than it must have.
    case passwordTooShort(minimum: Int)
    /// The password has more bytes than it may have.
    case passwordTooLong(maximumBytes: Int)
    /// The password is common, or made of a pattern or of what is known about the user.
    case passwordGuessable
    /// The password is in a list of breached ones.
    case passwordBreached
    /// The password lacks a digit or symbol that the operator's rules ask for.
    case passwordTooSimple
    /// The password that was typed is not the user's.
    case currentPasswordWrong
    /// It could not be done just now.
    case unavailable

    /// The field that it is about; `nil` where the whole form is.
    var field: ActionField? {
        switch self {
        case .codeMissing, .codeWrong, .codeExpired, .codeVoided: .code
        case .passwordMissing, .passwordTooShort, .passwordTooLong, .passwordGuessable, .passwordBreached,
            .passwordTooSimple:
            .password
        case .currentPasswordWrong: .currentPassword
        case .unavailable: nil
        }
    }
}
