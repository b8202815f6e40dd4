// SPDX-License-Identifier: Apache-2.0

/// The networks that are not simply hosts of the public Internet.
///
/// They are the rows of IANA's special-purpose registries that are not globally reachable, the multicast and reserved
/// blocks, and the addresses at which clouds hand out credentials. Rows of the registries inside a wider row that is not
/// reachable either are left out, and so are those inside 192.0.0.0/24 and 2001::/23 that are reachable: relays and
/// anycast services, which serve no documents. An IPv6 address outside 2000::/3 and of no row is reserved.
///
/// - Source: IANA IPv4 Special-Purpose Address Registry, IANA IPv6 Special-Purpose Address Registry (RFC 6890, RFC 8190).
package enum SpecialPurposeNetworks {
    /// One block and what it is set aside for.
    package struct Row: Sendable {
        /// The block.
        package let network: IPNetwork
        /// What it is set aside for.
        package let purpose: AddressPurpose
        /// The document that says so, or the cloud whose service it is.
        package let source: StaticString
    }

    /// All of them; an address belongs to the first that holds it.
    package static let rows = metadata + v4 + v6

    /// Of these some lie in wider blocks that an operator may open, so they come first.
    private static let metadata = [
        row(169, 254, 169, 254, 32, .metadata, "AWS, Azure, Google Cloud and others"),
        row(169, 254, 170, 2, 32, .metadata, "AWS, containers"),
        row(169, 254, 170, 23, 32, .metadata, "AWS, Kubernetes"),
        row(100, 100, 100, 200, 32, .metadata, "Alibaba Cloud"),
        row(168, 63, 129, 16, 32, .metadata, "Azure"),
        row(192, 0, 0, 192, 32, .metadata, "Oracle Cloud"),
        row(v6: 0xfd00_0ec2_0000_0000, 0x0254, 128, .metadata, "AWS"),
        row(v6: 0xfd00_0ec2_0000_0000, 0x0023, 128, .metadata, "AWS, Kubernetes"),
        row(v6: 0xfd20_00ce_0000_0000, 0x0254, 128, .metadata, "Google Cloud"),
    ]

    private static let v4 = [
        row(0, 0, 0, 0, 8, .thisHost, "RFC 791 §3.2"),
        row(10, 0, 0, 0, 8, .privateUse, "RFC 1918"),
        row(100, 64, 0, 0, 10, .sharedSpace, "RFC 6598"),
        row(127, 0, 0, 0, 8, .loopback, "RFC 1122 §3.2.1.3"),
        row(169, 254, 0, 0, 16, .linkLocal, "RFC 3927"),
        row(172, 16, 0, 0, 12, .privateUse, "RFC 1918"),
        row(192, 0, 0, 0, 24, .protocolAssignment, "RFC 6890 §2.1"),
        row(192, 0, 2, 0, 24, .documentation, "RFC 5737"),
        row(192, 88, 99, 0, 24, .transition, "RFC 7526"),
        row(192, 168, 0, 0, 16, .privateUse, "RFC 1918"),
        row(198, 18, 0, 0, 15, .benchmarking, "RFC 2544"),
        row(198, 51, 100, 0, 24, .documentation, "RFC 5737"),
        row(203, 0, 113, 0, 24, .documentation, "RFC 5737"),
        row(224, 0, 0, 0, 4, .multicast, "RFC 5771"),
        row(255, 255, 255, 255, 32, .multicast, "RFC 919"),
        row(240, 0, 0, 0, 4, .reserved, "RFC 1112 §4"),
    ]

    private static let v6 = [
        row(v6: 0, 0, 128, .thisHost, "RFC 4291 §2.5.2"),
        row(v6: 0, 1, 128, .loopback, "RFC 4291 §2.5.3"),
        row(v6: 0, 0, 96, .transition, "RFC 4291 §2.5.5.1, IPv4-compatible"),
        row(v6: 0, 0xffff_0000_0000_0000, 96, .transition, "RFC 2765, IPv4-translated"),
        row(v6: 0x0064_ff9b_0001_0000, 0, 48, .transition, "RFC 8215, NAT64 with a local prefix"),
        row(v6: 0x0100_0000_0000_0000, 0, 64, .discard, "RFC 6666"),
        row(v6: 0x0100_0000_0000_0001, 0, 64, .discard, "RFC 9780"),
        row(v6: 0x2001_0000_0000_0000, 0, 32, .transition, "RFC 4380, Teredo"),
        row(v6: 0x2001_0002_0000_0000, 0, 48, .benchmarking, "RFC 5180"),
        row(v6: 0x2001_0000_0000_0000, 0, 23, .protocolAssignment, "RFC 2928"),
        row(v6: 0x2001_0db8_0000_0000, 0, 32, .documentation, "RFC 3849"),
        row(v6: 0x2002_0000_0000_0000, 0, 16, .transition, "RFC 3056, 6to4"),
        row(v6: 0x3fff_0000_0000_0000, 0, 20, .documentation, "RFC 9637"),
        row(v6: 0x5f00_0000_0000_0000, 0, 16, .protocolAssignment, "RFC 9602"),
        row(v6: 0xfc00_0000_0000_0000, 0, 7, .privateUse, "RFC 4193"),
        row(v6: 0xfe80_0000_0000_0000, 0, 10, .linkLocal, "RFC 4291 §2.5.6"),
        row(v6: 0xfec0_0000_0000_0000, 0, 10, .privateUse, "RFC 3879, site-local"),
        row(v6: 0xff00_0000_0000_0000, 0, 8, .multicast, "RFC 4291 §2.7"),
    ]

    private static func row(
        _ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32, _ length: Int, _ purpose: AddressPurpose,
        _ source: StaticString
    ) -> Row {
        let base = IPAddress(v4: first << 24 | second << 16 | third << 8 | fourth)
        return Row(network: IPNetwork(base, length: length), purpose: purpose, source: source)
    }

    private static func row(
        v6 high: UInt64, _ low: UInt64, _ length: Int, _ purpose: AddressPurpose, _ source: StaticString
    ) -> Row {
        Row(network: IPNetwork(IPAddress(v6: high, low), length: length), purpose: purpose, source: source)
    }
}
