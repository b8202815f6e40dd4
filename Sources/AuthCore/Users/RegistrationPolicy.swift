// SPDX-License-Identifier: Apache-2.0

/// Who may register by themselves.
///
/// Administrators and the operator's commands make users whatever the policy is.
public enum RegistrationPolicy: Hashable, Sendable {
    /// Any client.
    case open
    /// Owners of an address of one of these domains, which must be proven before the first session.
    ///
    /// Users change their address only to one of these domains, too. Users who exist keep the address that they have.
    case domains(Set<DomainName>)
    /// Those alone whom an administrator, or the operator, has invited.
    case invitation
    /// No client.
    case closed

    /// Why a registration is not accepted.
    public enum Refusal: Hashable, Sendable {
        /// Registration is closed.
        case closed
        /// An address is required, and none was given.
        case missingAddress
        /// The address is of another domain.
        case otherDomain
    }

    /// Why a registration with this address is not accepted; `nil` if it is.
    public func refusal(of address: EmailAddress?) -> Refusal? {
        switch self {
        case .open: return nil
        case .closed, .invitation: return .closed
        case .domains:
            guard let address else { return .missingAddress }
            return permits(address) ? nil : .otherDomain
        }
    }

    /// Whether a user may change to this address.
    public func permits(_ address: EmailAddress) -> Bool {
        switch self {
        case .open, .closed, .invitation: true
        case .domains(let domains): domains.contains(address.domain)
        }
    }

    /// Whether an address must be proven before its user may sign in, because the domain alone admits to the service.
    public var requiresVerifiedEmail: Bool {
        switch self {
        case .open, .closed, .invitation: false
        case .domains: true
        }
    }
}
