// SPDX-License-Identifier: Apache-2.0

extension PasswordViolation {
    /// What the contract of Supabase's API calls the reason: `length`, `characters` or `pwned`.
    ///
    /// A password of too many bytes is no weak one there, but a request that is not valid; where it is listed all the same, it
    /// is one of `length`.
    public var supabaseReason: String {
        switch self {
        case .tooShort, .tooManyBytes: "length"
        case .missingDigit, .missingSymbol, .trivial, .builtFrom: "characters"
        case .common, .breached: "pwned"
        }
    }
}
