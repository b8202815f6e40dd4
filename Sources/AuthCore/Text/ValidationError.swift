// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a valid value of its type.
///
/// Carries limits, never the text, so it is safe to send and to log.
@nonexhaustive
public enum ValidationError: Error, Hashable, Sendable {
    /// Nothing was given, or nothing that can be seen.
    case missing
    /// Fewer code points than the minimum.
    case tooShort(minimum: Int)
    /// More code points than the maximum.
    case tooLong(maximum: Int)
    /// More bytes of UTF-8 than the maximum.
    case tooManyBytes(maximum: Int)
    /// Allowed characters in an order that is not allowed.
    case malformed
    /// A character that is not allowed at any place.
    case forbiddenCharacter
    /// Well-formed, but kept for the system.
    case reserved

    /// The stable word for programs; both kinds of excess are `too_long`.
    public var code: String {
        switch self {
        case .missing: "missing"
        case .tooShort: "too_short"
        case .tooLong, .tooManyBytes: "too_long"
        case .malformed: "malformed"
        case .forbiddenCharacter: "forbidden_character"
        case .reserved: "reserved"
        }
    }

    /// One English sentence for people.
    public var message: String {
        switch self {
        case .missing: "A value is required."
        case .tooShort(let minimum): "At least \(minimum) characters are required."
        case .tooLong(let maximum): "At most \(maximum) characters are allowed."
        case .tooManyBytes(let maximum): "At most \(maximum) bytes are allowed."
        case .malformed: "The value does not have the required form."
        case .forbiddenCharacter: "The value contains a character that is not allowed."
        case .reserved: "The value is reserved."
        }
    }
}
