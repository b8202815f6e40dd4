// SPDX-License-Identifier: Apache-2.0

/// Who a person is at a provider: the issuer, and what it calls the person.
///
/// Nothing else names an identity. An address can pass from one person to another; the subject never does. Two are the same
/// if their octets are.
///
/// - Source: OpenID Connect Core §5.7.
public struct ProviderSubject: Sendable {
    /// The longest parts in octets.
    public static let maximumBytes = (issuer: 512, subject: 255)

    /// The issuer, exactly as its tokens name it.
    public let issuer: String
    /// What the issuer calls the person.
    public let subject: String

    /// Checks both parts.
    ///
    /// - Returns: `nil` if one is empty, too long or has a zero octet, which databases cannot keep.
    public init?(issuer: String, subject: String) {
        guard (1...Self.maximumBytes.issuer).contains(issuer.utf8.count),
            (1...Self.maximumBytes.subject).contains(subject.utf8.count),
            !issuer.utf8.contains(0), !subject.utf8.contains(0)
        else { return nil }
        self.issuer = issuer
        self.subject = subject
    }
}

extension ProviderSubject: Hashable {
    /// Compares both parts by octets.
    public static func == (left: ProviderSubject, right: ProviderSubject) -> Bool {
        left.issuer.hasSameOctets(as: right.issuer) && left.subject.hasSameOctets(as: right.subject)
    }

    /// Feeds the octets of both parts into the hasher.
    public func hash(into hasher: inout Hasher) {
        issuer.hashOctets(into: &hasher)
        subject.hashOctets(into: &hasher)
    }
}
