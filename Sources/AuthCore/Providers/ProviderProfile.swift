// SPDX-License-Identifier: Apache-2.0

/// What a provider tells of a person who signed in there.
///
/// All of it is the provider's word. What authd believes of the address is decided by ``ProviderTrust``.
public struct ProviderProfile: Sendable {
    /// What names the person.
    public let subject: ProviderSubject
    /// The address, where the provider told one that is valid.
    public let email: EmailAddress?
    /// Whether the provider says that it has verified the address.
    public let emailIsVerified: Bool
    /// The person's name as the provider wrote it; it may not be valid as a ``FullName``.
    public let fullName: String?
    /// Google's `hd`: the domain that the person's organization has at Google.
    public let hostedDomain: String?
    /// Microsoft's `xms_edov`: whether the directory has shown that it owns the address's domain.
    public let domainOwnerVerified: Bool

    /// Describes a person.
    public init(
        subject: ProviderSubject, email: EmailAddress?, emailIsVerified: Bool, fullName: String?,
        hostedDomain: String?, domainOwnerVerified: Bool
    ) {
        self.subject = subject
        self.email = email
        self.emailIsVerified = emailIsVerified
        self.fullName = fullName
        self.hostedDomain = hostedDomain
        self.domainOwnerVerified = domainOwnerVerified
    }

    private var texts: [WireText?] { [fullName.map { WireText($0) }, hostedDomain.map { WireText($0) }] }
}

extension ProviderProfile: Hashable {
    /// Compares texts by octets.
    public static func == (left: ProviderProfile, right: ProviderProfile) -> Bool {
        left.subject == right.subject && left.email == right.email && left.emailIsVerified == right.emailIsVerified
            && left.domainOwnerVerified == right.domainOwnerVerified && left.texts == right.texts
    }

    /// Feeds the octets of the texts, and the rest, into the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(email)
        hasher.combine(emailIsVerified)
        hasher.combine(domainOwnerVerified)
        hasher.combine(texts)
    }
}
