// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Purposes of addresses") struct AddressPurposeTests {
    struct Block: CustomTestStringConvertible {
        let network: String
        let first: String
        let last: String
        let purpose: AddressPurpose
        var testDescription: String { "\(network) \(purpose)" }

        init(_ network: String, _ first: String, _ last: String, _ purpose: AddressPurpose) {
            (self.network, self.first, self.last, self.purpose) = (network, first, last, purpose)
        }
    }

    /// Written from IANA's registries, as text, and so apart from the table.
    static let blocks = [
        Block("169.254.169.254/32", "169.254.169.254", "169.254.169.254", .metadata),
        Block("169.254.170.2/32", "169.254.170.2", "169.254.170.2", .metadata),
        Block("169.254.170.23/32", "169.254.170.23", "169.254.170.23", .metadata),
        Block("100.100.100.200/32", "100.100.100.200", "100.100.100.200", .metadata),
        Block("168.63.129.16/32", "168.63.129.16", "168.63.129.16", .metadata),
        Block("192.0.0.192/32", "192.0.0.192", "192.0.0.192", .metadata),
        Block("fd00:ec2::254/128", "fd00:ec2::254", "fd00:ec2::254", .metadata),
        Block("fd00:ec2::23/128", "fd00:ec2::23", "fd00:ec2::23", .metadata),
        Block("fd20:ce::254/128", "fd20:ce::254", "fd20:ce::254", .metadata),
        Block("0.0.0.0/8", "0.0.0.0", "0.255.255.255", .thisHost),
        Block("10.0.0.0/8", "10.0.0.0", "10.255.255.255", .privateUse),
        Block("100.64.0.0/10", "100.64.0.0", "100.127.255.255", .sharedSpace),
        Block("127.0.0.0/8", "127.0.0.0", "127.255.255.255", .loopback),
        Block("169.254.0.0/16", "169.254.0.0", "169.254.255.255", .linkLocal),
        Block("172.16.0.0/12", "172.16.0.0", "172.31.255.255", .privateUse),
        Block("192.0.0.0/24", "192.0.0.0", "192.0.0.255", .protocolAssignment),
        Block("192.0.2.0/24", "192.0.2.0", "192.0.2.255", .documentation),
        Block("192.88.99.0/24", "192.88.99.0", "192.88.99.255", .transition),
        Block("192.168.0.0/16", "192.168.0.0", "192.168.255.255", .privateUse),
        Block("198.18.0.0/15", "198.18.0.0", "198.19.255.255", .benchmarking),
        Block("198.51.100.0/24", "198.51.100.0", "198.51.100.255", .documentation),
        Block("203.0.113.0/24", "203.0.113.0", "203.0.113.255", .documentation),
        Block("224.0.0.0/4", "224.0.0.0", "239.255.255.255", .multicast),
        Block("255.255.255.255/32", "255.255.255.255", "255.255.255.255", .multicast),
        Block("240.0.0.0/4", "240.0.0.0", "255.255.255.254", .reserved),
        Block("::/128", "::", "::", .thisHost),
        Block("::1/128", "::1", "::1", .loopback),
        Block("::/96", "::2", "::255.255.255.255", .transition),
        Block("::ffff:0:0:0/96", "::ffff:0:0:0", "::ffff:0:ffff:ffff", .transition),
        Block("64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .transition),
        Block("100::/64", "100::", "100::ffff:ffff:ffff:ffff", .discard),
        Block("100:0:0:1::/64", "100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", .discard),
        Block("2001::/32", "2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", .transition),
        Block("2001:2::/48", "2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", .benchmarking),
        Block("2001::/23", "2001:1::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Block("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        Block("2002::/16", "2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .transition),
        Block("3fff::/20", "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        Block("5f00::/16", "5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Block("fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .privateUse),
        Block("fe80::/10", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .linkLocal),
        Block("fec0::/10", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .privateUse),
        Block("ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
    ]

    @Test("each block is known from its first address to its last", arguments: blocks)
    func block(_ block: Block) throws {
        #expect(try #require(IPAddress(block.first)).purpose == block.purpose)
        #expect(try #require(IPAddress(block.last)).purpose == block.purpose)
    }

    @Test("the table has these rows and no others, each with the network that it is meant to have")
    func table() {
        let rows = SpecialPurposeNetworks.rows.map { "\($0.network) \($0.purpose)" }
        #expect(
            rows.sorted()
                == Self.blocks.map { "\(IPNetwork($0.network)?.description ?? "none") \($0.purpose)" }.sorted())
    }

    @Test(
        "the addresses on both sides of the blocks are hosts of the Internet",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
            "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
            "223.255.255.255", "2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2003::",
            "2000::1", "2001:4860:4860::8888", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::",
        ])
    func neighbours(_ text: String) throws {
        #expect(try #require(IPAddress(text)).purpose == .globalUnicast)
    }

    @Test(
        "IPv6 that IANA has not given out is reserved",
        arguments: ["::1:0:0:0:1", "4000::", "1fff:ffff::", "5eff::1", "8000::1", "fbff::1", "fe00::1", "fe7f::1"])
    func unassigned(_ text: String) throws {
        #expect(try #require(IPAddress(text)).purpose == .reserved)
    }

    @Test(
        "an IPv4 address inside an IPv6 one is judged as itself where packets reach it",
        arguments: [
            ("::ffff:127.0.0.1", .loopback), ("::ffff:a9fe:a9fe", .metadata), ("::ffff:8.8.8.8", .globalUnicast),
            ("64:ff9b::127.0.0.1", .loopback), ("64:ff9b::169.254.169.254", .metadata), ("64:ff9b::a00:1", .privateUse),
            ("64:ff9b::8.8.8.8", .globalUnicast),
        ] as [(String, AddressPurpose)])
    func embedded(_ text: String, _ purpose: AddressPurpose) throws {
        #expect(try #require(IPAddress(text)).purpose == purpose)
    }

    @Test("a transition mechanism is refused whatever address it holds")
    func transition() throws {
        for text in ["2002:808:808::1", "2001:0:808:808::f7f7:f7f7", "::8.8.8.8", "64:ff9b:1::808:808"] {
            #expect(try #require(IPAddress(text)).purpose == .transition, "\(text)")
        }
    }

    @Test("an operator opens private networks and loopback, and nothing else that is set aside")
    func opening() {
        #expect(
            AddressPurpose.allCases.filter(\.canBeOpened) == [.globalUnicast, .loopback, .privateUse, .sharedSpace])
    }
}
