// SPDX-License-Identifier: Apache-2.0

/// One reason why a password may not be set.
@nonexhaustive
public enum PasswordViolation: Hashable, Sendable {
    /// What a guessable password was built from.
    @nonexhaustive
    public enum Source: String, CaseIterable, Hashable, Sendable {
        /// The user's name to sign in with.
        case username
        /// The user's address or a part of it.
        case email
        /// The user's name as shown.
        case fullName
        /// The name of the product.
        case product
    }

    /// Fewer code points than the policy requires.
    case tooShort(minimum: Int)
    /// More bytes than the policy allows.
    case tooManyBytes(maximum: Int)
    /// No digit where the composition rule requires one.
    case missingDigit
    /// Nothing but letters and digits where the composition rule requires a symbol.
    case missingSymbol
    /// A common password.
    case common
    /// A simple pattern, or a common word repeated or padded, whatever its length.
    case trivial
    /// Known from a breach, according to a list outside of this policy.
    case breached
    /// Little more than a word that an attacker knows.
    case builtFrom(Source)

    /// The stable word for programs.
    public var code: String {
        switch self {
        case .tooShort: "too_short"
        case .tooManyBytes: "too_long"
        case .missingDigit: "missing_digit"
        case .missingSymbol: "missing_symbol"
        case .common: "common_password"
        case .trivial: "trivial_password"
        case .breached: "breached_password"
        case .builtFrom(.username): "contains_username"
        case .builtFrom(.email): "contains_email"
        case .builtFrom(.fullName): "contains_full_name"
        case .builtFrom(.product): "contains_product_name"
        }
    }

    /// One English sentence for people.
    public var message: String {
        switch self {
        case .tooShort(let minimum): "Use at least \(minimum) characters."
        case .tooManyBytes(let maximum): "Use at most \(maximum) bytes."
        case .missingDigit: "Add a digit, or use a longer password."
        case .missingSymbol: "Add a symbol, or use a longer password."
        case .common: "This password is among the most common ones."
        case .trivial: "This password is a simple pattern, or a common word with little around it."
        case .breached: "This password is known from a data breach."
        case .builtFrom(.username): "Do not build the password from your username."
        case .builtFrom(.email): "Do not build the password from your email address."
        case .builtFrom(.fullName): "Do not build the password from your name."
        case .builtFrom(.product): "Do not build the password from the name of this service."
        }
    }

    /// The violation as an error body lists it.
    public func violation(of field: String) -> FieldViolation {
        FieldViolation(field: field, code: code, message: message)
    }
}
