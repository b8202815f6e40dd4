// SPDX-License-Identifier: Apache-2.0

/// The name that the operator gave to an identity provider: it stands in URLs, in settings and in identities.
///
/// 1 to 32 characters of `a`–`z`, `0`–`9` and `-`, of which the first is a letter.
public struct ProviderName: Hashable, Sendable, CustomStringConvertible {
    /// The most characters that a name may have.
    public static let maximumLength = 32

    /// The name.
    public let text: String

    /// Checks a name.
    ///
    /// - Throws: `.missing`, `.tooLong`, `.forbiddenCharacter`, or `.malformed` if the first character is no letter.
    public init(_ text: String) throws(ValidationError) {
        if let fault = Self.fault(of: text.utf8) { throw ValidationError(.providerName, fault) }
        self.text = text
    }

    /// Reads a name; `nil` where it is not of the form above.
    public init?(parsing text: some StringProtocol) {
        guard Self.fault(of: text.utf8) == nil else { return nil }
        self.text = String(text)
    }

    /// Takes a name that stands in the program's text and is of the form above.
    init(known text: StaticString) {
        self.text = text.description
    }

    /// The name.
    public var description: String { text }

    private static func fault(of octets: some Collection<UInt8>) -> ValidationError.Reason? {
        guard let first = octets.first else { return .missing }
        guard octets.count <= maximumLength else { return .tooLong(maximum: maximumLength) }
        for octet in octets {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                continue
            default: return .forbiddenCharacter
            }
        }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) ? nil : .malformed
    }
}
