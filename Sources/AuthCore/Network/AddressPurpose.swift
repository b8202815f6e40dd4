// SPDX-License-Identifier: Apache-2.0

/// What an address is set aside for, by the tables of ``SpecialPurposeNetworks``.
package enum AddressPurpose: Hashable, Sendable, CaseIterable {
    /// One host on the public Internet.
    case globalUnicast
    /// No host, or this one: `0.0.0.0` connects to loopback on Linux.
    case thisHost
    /// This host.
    case loopback
    /// Networks that everyone may use inside (RFC 1918, RFC 4193).
    case privateUse
    /// The inside of a carrier's address translation (RFC 6598).
    case sharedSpace
    /// One link, without a router between.
    case linkLocal
    /// A cloud's service that hands out credentials to the machines that ask.
    case metadata
    /// Parts of protocols, no hosts.
    case protocolAssignment
    /// Examples in documents.
    case documentation
    /// Measurements between devices.
    case benchmarking
    /// An IPv4 address inside an IPv6 one, by a mechanism that is given up or known to one network only.
    case transition
    /// Discarded on the way.
    case discard
    /// Many hosts at once, broadcast included.
    case multicast
    /// Nothing yet.
    case reserved

    /// Whether an operator may open such addresses by naming their network.
    ///
    /// Never those that no service of the operator's answers at, and never those that hand out credentials.
    package var canBeOpened: Bool {
        switch self {
        case .globalUnicast, .loopback, .privateUse, .sharedSpace: true
        case .thisHost, .linkLocal, .metadata, .protocolAssignment, .documentation, .benchmarking, .transition,
            .discard, .multicast, .reserved:
            false
        }
    }
}

extension IPAddress {
    /// The address that packets to this one arrive at: the IPv4 address behind a translator's well-known prefix, or itself.
    ///
    /// Mapped IPv4 addresses are unmapped in every value of this type.
    package var reached: IPAddress {
        // 64:ff9b::/96 (RFC 6052).
        guard family == .v6, high == 0x0064_ff9b_0000_0000, low >> 32 == 0 else { return self }
        return IPAddress(v4: UInt32(truncatingIfNeeded: low))
    }

    /// What the address that is ``reached`` is set aside for.
    ///
    /// Cost: a comparison with each row of the table.
    package var purpose: AddressPurpose {
        let address = reached
        if let row = SpecialPurposeNetworks.rows.first(where: { $0.network.contains(address) }) { return row.purpose }
        switch address.family {
        case .v4: return .globalUnicast
        // Of IPv6, IANA has given out 2000::/3 alone.
        case .v6: return address.high >> 61 == 1 ? .globalUnicast : .reserved
        }
    }
}
