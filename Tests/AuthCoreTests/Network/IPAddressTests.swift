// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("IP addresses") struct IPAddressTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let canonical: String?
        var testDescription: String { text.debugDescription }
    }

    @Test(
        "parse strictly and print canonically",
        arguments: [
            Case(text: "192.0.2.1", canonical: "192.0.2.1"),
            Case(text: "0.0.0.0", canonical: "0.0.0.0"),
            Case(text: "255.255.255.255", canonical: "255.255.255.255"),
            Case(text: "2001:DB8:0:0:0:0:0:1", canonical: "2001:db8::1"),
            Case(text: "::", canonical: "::"),
            Case(text: "::1", canonical: "::1"),
            Case(text: "::ffff:192.0.2.1", canonical: "192.0.2.1"),
            Case(text: "::ffff:c000:201", canonical: "192.0.2.1"),
            Case(text: "192.0.2.01", canonical: nil),
            Case(text: "192.0.2", canonical: nil),
            Case(text: "192.0.2.256", canonical: nil),
            Case(text: "192.0.2.1 ", canonical: nil),
            Case(text: "192.0.2.1\0", canonical: nil),
            Case(text: "0x7f.1", canonical: nil),
            Case(text: "1:2:3:4:5:6:7", canonical: nil),
            Case(text: "fe80::1%eth0", canonical: nil),
            Case(text: "[::1]", canonical: nil),
            Case(text: "", canonical: nil),
        ])
    func parsing(_ example: Case) {
        #expect(IPAddress(example.text)?.description == example.canonical)
    }

    @Test(
        "a network with host bits is none, and lies in one that can be named",
        arguments: [
            ("10.0.0.1/8", "10.0.0.0/8"), ("192.0.2.7/24", "192.0.2.0/24"), ("2001:db8::1/32", "2001:db8::/32"),
            ("::ffff:10.0.0.1/104", "10.0.0.0/8"),
        ])
    func enclosing(text: String, network: String) {
        #expect(IPNetwork(text) == nil)
        #expect(IPNetwork(enclosing: text)?.description == network)
        #expect(IPNetwork(enclosing: network) == IPNetwork(network))
    }

    @Test(
        "what is no address and length lies in no network",
        arguments: ["", "/", "10.0.0.1/33", "ten/8", "10.0.0.1/8/8", "10.0.0.1/08"])
    func enclosingNothing(text: String) {
        #expect(IPNetwork(enclosing: text) == nil)
    }

    struct Membership: CustomTestStringConvertible {
        let network: String
        let address: String
        let isMember: Bool
        var testDescription: String { "\(address) in \(network)" }
    }

    @Test(
        "networks hold exactly their addresses",
        arguments: [
            Membership(network: "10.0.0.0/8", address: "10.255.0.1", isMember: true),
            Membership(network: "10.0.0.0/8", address: "11.0.0.0", isMember: false),
            Membership(network: "0.0.0.0/0", address: "203.0.113.9", isMember: true),
            Membership(network: "0.0.0.0/0", address: "2001:db8::1", isMember: false),
            Membership(network: "192.0.2.7", address: "192.0.2.7", isMember: true),
            Membership(network: "192.0.2.7", address: "192.0.2.6", isMember: false),
            Membership(network: "2001:db8::/32", address: "2001:db8:ffff::1", isMember: true),
            Membership(network: "2001:db8::/32", address: "2001:db9::1", isMember: false),
            Membership(network: "2001:db8::/65", address: "2001:db8::7fff:ffff:ffff:ffff", isMember: true),
            Membership(network: "2001:db8::/65", address: "2001:db8::8000:0:0:0", isMember: false),
            Membership(network: "2001:db8::5/128", address: "2001:db8::5", isMember: true),
            Membership(network: "::ffff:10.0.0.0/104", address: "10.1.2.3", isMember: true),
        ])
    func membership(_ example: Membership) throws {
        let network = try #require(IPNetwork(example.network))
        let address = try #require(IPAddress(example.address))

        #expect(network.contains(address) == example.isMember)
    }

    @Test(
        "networks with bits beyond the prefix, or without a sound length, are refused",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08", "2001:db8::1/32", "x/8", "/8",
        ])
    func refusedNetworks(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test("a list is refused as a whole if one entry is wrong")
    func lists() {
        #expect(IPNetwork.list("10.0.0.0/8, ::1")?.count == 2)
        #expect(IPNetwork.list("")?.isEmpty == true)
        #expect(IPNetwork.list("10.0.0.0/8,nonsense") == nil)
    }

    @Test("addresses of private networks and of one link are told from those of the internet")
    func privateNetworks() throws {
        for text in ["10.1.2.3", "172.16.0.1", "172.31.0.1", "192.168.0.9", "169.254.1.1", "fd00::1", "fe80::1"] {
            #expect(try #require(IPAddress(text)).isPrivate, "\(text)")
        }
        for text in ["203.0.113.7", "172.32.0.1", "172.15.0.1", "192.169.0.1", "11.0.0.1", "127.0.0.1", "2001:db8::1"] {
            #expect(!(try #require(IPAddress(text)).isPrivate), "\(text)")
        }
    }
}
