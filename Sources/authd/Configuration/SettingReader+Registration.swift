// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension SettingReader {
    /// Who may register.
    mutating func registrationPolicy() -> RegistrationPolicy {
        // Read also where they have no effect, so that junk does not wait there.
        let domains = registrationDomains()
        let mode: RegistrationMode? = word(.registration)
        switch mode {
        case .closed: return .closed
        case .invitation: return .invitation
        case .domains:
            if list(.registrationDomains).isEmpty {
                refuse(
                    .registrationDomains,
                    "names no domain although REGISTRATION is domains; list those whose addresses may register, such as "
                        + "example.com.")
            }
            return .domains(domains)
        // What is none of the words was noted.
        case .open, nil: return .open
        }
    }

    /// The age at which a registration is removed; `nil` where none is given, and in it `nil` for never.
    mutating func abandonedRegistrationAge() -> Duration?? {
        guard let days = optionalInteger(.unverifiedUserDays) else { return nil }
        if days > 0, 24 * days < integer(.emailVerificationHours) {
            refuse(
                .unverifiedUserDays,
                "is a shorter time than EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS, so users would be removed while their link is "
                    + "valid; raise it, or lower that.")
        }
        return .some(days > 0 ? .seconds(86_400 * days) : nil)
    }

    private mutating func registrationDomains() -> Set<DomainName> {
        var domains: Set<DomainName> = []
        for entry in list(.registrationDomains) {
            if let domain = try? DomainName(entry) {
                domains.insert(domain)
                continue
            }
            let quoted = Self.quoted(entry)
            let bare = String(entry.drop { "*.@".contains($0) })
            if !bare.isEmpty, bare != entry, let meant = try? DomainName(bare) {
                refuse(
                    .registrationDomains,
                    "has the entry \(quoted), which is no domain; \(meant.ascii) may be meant, and each further domain is an "
                        + "entry of its own.")
            } else {
                refuse(.registrationDomains, "has the entry \(quoted), which is no domain such as example.com.")
            }
        }
        return domains
    }
}
