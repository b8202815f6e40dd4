// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a valid value of its type: which value it should have been, and the reason.
///
/// Carries limits, never the text, so it is safe to send and to log.
public struct ValidationError: Error, Hashable, Sendable {
    /// What a text should have been.
    @nonexhaustive
    public enum Subject: Hashable, Sendable {
        /// A ``Username``.
        case username
        /// An ``EmailAddress``.
        case email
        /// A ``FullName``.
        case fullName
        /// A ``Password``.
        case password
        /// A ``RoleDescription``.
        case roleDescription
        /// A ``LanguageTag``.
        case languageTag
        /// A ``ProviderName``.
        case providerName
        /// An entry of ``ReturnTargets``.
        case returnTarget
        /// The site and the list of ``RedirectAllowList``.
        case redirectList
    }

    /// What is wrong with a text.
    @nonexhaustive
    public enum Reason: Hashable, Sendable {
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
    }

    /// What the text should have been.
    public let subject: Subject
    /// What is wrong with it.
    public let reason: Reason

    /// An error about a text that is not a value of its type.
    public init(_ subject: Subject, _ reason: Reason) {
        self.subject = subject
        self.reason = reason
    }

    /// The stable word of the reason for programs.
    public var code: String { reason.code }

    /// One English sentence for people, to be shown beside the field.
    public var message: String { reason.message }
}

extension ValidationError: CustomStringConvertible {
    /// What the text should have been, and the sentence about it.
    public var description: String { "\(subject.name): \(reason.message)" }
}

extension ValidationError.Subject {
    fileprivate var name: String {
        switch self {
        case .username: "username"
        case .email: "email address"
        case .fullName: "full name"
        case .password: "password"
        case .roleDescription: "description"
        case .languageTag: "language tag"
        case .providerName: "name of an identity provider"
        case .returnTarget: "return target"
        case .redirectList: "redirect list"
        }
    }
}

extension ValidationError.Reason {
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
