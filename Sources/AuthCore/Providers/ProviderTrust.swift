// SPDX-License-Identifier: Apache-2.0

/// For which addresses a provider is believed that the person who signs in there has the mailbox.
///
/// Many providers let their users write any address, and some call it verified. A provider that is believed for an address can
/// sign in as the user who has it, so belief is given by domain or for a reason that the provider documents.
public enum ProviderTrust: Hashable, Sendable {
    /// Google: it hands out the addresses at gmail.com itself, and those of the domain in `hd` for its owner.
    case google
    /// GitHub: the primary address, once GitHub has verified it.
    case gitHub
    /// Apple: verified addresses, those that Apple forwards included.
    case apple
    /// Microsoft: addresses of domains that the directory has shown to own.
    case microsoft
    /// Verified addresses at one of these domains exactly, as A-labels in lower case.
    case domains(Set<String>)  // own text
    /// None.
    case nothing

    /// Whether the address of a profile counts as proven.
    public func provesAddress(in profile: ProviderProfile) -> Bool {
        guard let email = profile.email else { return false }
        switch self {
        case .google:
            guard profile.emailIsVerified else { return false }
            return Self.isGmail(email) || Self.isHosted(email, by: profile.hostedDomain)
        case .gitHub, .apple: return profile.emailIsVerified
        case .microsoft: return profile.domainOwnerVerified
        case .domains(let domains):
            // Microsoft writes `xms_edov` in the place of `email_verified`.
            guard profile.emailIsVerified || profile.domainOwnerVerified else { return false }
            return domains.contains { $0.hasSameOctets(as: email.asciiDomain) }
        case .nothing: return false
        }
    }

    private static func isGmail(_ email: EmailAddress) -> Bool {
        email.asciiDomain.hasSameOctets(as: "gmail.com")
    }

    private static func isHosted(_ email: EmailAddress, by hostedDomain: String?) -> Bool {
        guard let hostedDomain, let domain = try? DomainName(hostedDomain) else { return false }
        return domain == email.domain
    }
}
