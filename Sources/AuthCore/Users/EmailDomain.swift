// SPDX-License-Identifier: Apache-2.0

/// The domain of addresses, in the form in which mail servers and the domain name system know it: lower case, labels
/// outside ASCII in Punycode (A-labels).
///
/// Two domains are equal if they are one name. A subdomain is another name than its parent: a list that has
/// `example.com` does not cover `mail.example.com`, whose owner may be another.
public struct EmailDomain: Sendable {
    /// The name, in ASCII.
    public let name: String

    /// Checks a domain as it was typed, by the rules for the domain of an address.
    ///
    /// - Throws: As ``EmailAddress/init(_:)``; `.malformed` also where the text has an `@`.
    public init(_ text: String) throws(ValidationError) {
        let address = try EmailAddress("postmaster@\(TypedText.trimmed(text))")
        self.init(of: address)
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { throw ValidationError(.email, .malformed) }
    }

    /// The domain of an address.
    public init(of address: EmailAddress) {
        name = address.asciiDomain
    }
}

extension EmailDomain: Hashable {
    /// Compares names octet by octet.
    public static func == (left: EmailDomain, right: EmailDomain) -> Bool {
        left.name.hasSameOctets(as: right.name)
    }

    /// Feeds the name into the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(WireText(name))
    }
}
