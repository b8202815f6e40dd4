// SPDX-License-Identifier: Apache-2.0

import AuthCore
import NIOHTTP1
import Testing

@testable import AuthHTTPServer

@Suite("Client addresses") struct ClientAddressTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        var peer = "10.0.0.1"
        var trusted = "10.0.0.0/8"
        var header = ProxyTrust.Header.xForwardedFor
        var fields: [(String, String)] = []
        let client: String
    }

    // Behaviour H115
    @Test(
        "are found behind trusted proxies only",
        arguments: [
            Case(testDescription: "no proxy", peer: "203.0.113.9", client: "203.0.113.9"),
            Case(
                testDescription: "an untrusted peer's header has no effect", peer: "203.0.113.9",
                fields: [("X-Forwarded-For", "192.0.2.1")], client: "203.0.113.9"),
            Case(
                testDescription: "one proxy", fields: [("X-Forwarded-For", "192.0.2.1")], client: "192.0.2.1"),
            Case(
                testDescription: "what the client wrote is left of what the proxy wrote",
                fields: [("X-Forwarded-For", "127.0.0.1, 192.0.2.1")], client: "192.0.2.1"),
            Case(
                testDescription: "two proxies", fields: [("X-Forwarded-For", "198.51.100.7, 192.0.2.1, 10.0.0.2")],
                client: "192.0.2.1"),
            Case(
                testDescription: "three proxies over two fields",
                fields: [("X-Forwarded-For", "192.0.2.1, 10.0.0.3"), ("X-Forwarded-For", "10.0.0.2")],
                client: "192.0.2.1"),
            Case(
                testDescription: "all hops are trusted: the first one is the client",
                fields: [("X-Forwarded-For", "10.0.0.9, 10.0.0.2")], client: "10.0.0.9"),
            Case(
                testDescription: "junk ends the walk at the proxy that sent it",
                fields: [("X-Forwarded-For", "192.0.2.1, unknown, 10.0.0.2")], client: "10.0.0.2"),
            Case(
                testDescription: "an empty element is junk", fields: [("X-Forwarded-For", "192.0.2.1,")],
                client: "10.0.0.1"),
            Case(
                testDescription: "ports and brackets", fields: [("X-Forwarded-For", "[2001:db8::7]:4711")],
                client: "2001:db8::7"),
            Case(
                testDescription: "a header that is not the configured one has no effect",
                fields: [("X-Real-IP", "192.0.2.1"), ("Forwarded", "for=192.0.2.1")], client: "10.0.0.1"),
            Case(
                testDescription: "X-Real-IP", header: .xRealIP, fields: [("X-Real-IP", "192.0.2.1")],
                client: "192.0.2.1"),
            Case(
                testDescription: "two X-Real-IP are none", header: .xRealIP,
                fields: [("X-Real-IP", "192.0.2.1"), ("X-Real-IP", "192.0.2.2")], client: "10.0.0.1"),
            Case(
                testDescription: "Forwarded", header: .forwarded,
                fields: [("Forwarded", "for=198.51.100.7;proto=https, For=\"[2001:db8::7]:47\" ; by=10.0.0.1")],
                client: "2001:db8::7"),
            Case(
                testDescription: "Forwarded with an obfuscated node", header: .forwarded,
                fields: [("Forwarded", "for=192.0.2.1, for=_hidden")], client: "10.0.0.1"),
            Case(
                testDescription: "Forwarded that breaks the grammar", header: .forwarded,
                fields: [("Forwarded", "for=192.0.2.1, for=\"192.0.2.2")], client: "10.0.0.1"),
            Case(
                testDescription: "Forwarded with two for parameters", header: .forwarded,
                fields: [("Forwarded", "for=192.0.2.1;for=192.0.2.2")], client: "10.0.0.1"),
        ])
    func resolution(_ example: Case) throws {
        let trust = ProxyTrust(networks: try #require(IPNetwork.list(example.trusted)), header: example.header)
        let request = Request(
            method: .get, target: "/", headers: HTTPHeaders(example.fields), peer: IPAddress(example.peer))

        let client = ClientAddress(request, trust: trust)

        #expect(client.address?.description == example.client)
        #expect(client.isDirect == example.fields.isEmpty)
    }

    static let joiners = ["\u{600}", "\u{6DD}", "\u{70F}", "\u{301}", "\u{200D}"]

    @Test("are those that the proxy saw, whatever the client has sent before them", arguments: joiners)
    func clientTextHasNoInfluence(joiner: String) throws {
        let networks = try #require(IPNetwork.list("10.0.0.0/8"))
        func client(_ header: ProxyTrust.Header, _ lines: [String]) -> String? {
            ClientAddress(
                peer: IPAddress("10.0.0.1"), values: lines, trust: ProxyTrust(networks: networks, header: header),
                isForwarded: true
            ).address?.description
        }
        let sent = [
            "\(joiner)", "192.0.2.1\(joiner)", "\"", "for=\"", "for=192.0.2.1;\(joiner)", ";", "=", ",", "[", "a=\"\\",
        ]
        for text in sent {
            for comma in [",", ", ", " , ", ",\t"] {
                #expect(client(.xForwardedFor, ["\(text)\(comma)203.0.113.9"]) == "203.0.113.9", "\(text)")
                #expect(
                    client(.xForwardedFor, ["\(text)\(comma)203.0.113.9, 10.0.0.2"]) == "203.0.113.9", "\(text)")
                #expect(client(.forwarded, ["\(text)\(comma)for=203.0.113.9"]) == "203.0.113.9", "\(text)")
                #expect(
                    client(.forwarded, ["\(text)\(comma)for=\"203.0.113.9:80\";by=10.0.0.1\(comma)for=10.0.0.2"])
                        == "203.0.113.9", "\(text)")
            }
            #expect(client(.xForwardedFor, [text, "203.0.113.9"]) == "203.0.113.9", "\(text)")
            #expect(client(.forwarded, [text, "for=203.0.113.9"]) == "203.0.113.9", "\(text)")
        }
        // A hop that is not ASCII names no address.
        #expect(client(.xForwardedFor, ["203.0.113.9\(joiner)"]) == "10.0.0.1")
        #expect(client(.xForwardedFor, ["\(joiner)203.0.113.9"]) == "10.0.0.1")
        #expect(client(.xRealIP, ["203.0.113.9\(joiner)"]) == "10.0.0.1")
        #expect(client(.forwarded, ["for=\"203.0.113.9\(joiner)\""]) == "10.0.0.1")
    }

    @Test(
        "are not chosen by text that a proxy has quoted",
        arguments: [
            #"for=203.0.113.9;host="x, for=192.0.2.1""#, #"for=203.0.113.9;host="x, for=\"192.0.2.1""#,
            #"for=203.0.113.9;host="x, for=192.0.2.1;a=";proto=http"#, #"for=203.0.113.9;host=", for=\"";by="_p""#,
            #"for=203.0.113.9;host="a, for=";by=":80, x""#, #"For="203.0.113.9";proto=http;"#,
        ])
    func quotedText(line: String) throws {
        let trust = ProxyTrust(networks: try #require(IPNetwork.list("10.0.0.0/8")), header: .forwarded)

        let client = ClientAddress(peer: IPAddress("10.0.0.1"), values: [line], trust: trust, isForwarded: true)

        #expect(client.address?.description != "192.0.2.1")
        #expect(["203.0.113.9", "10.0.0.1"].contains(client.address?.description))
    }

    // Behaviour H116
    @Test("IPv6 addresses of one /64 share a bucket, IPv4 addresses have their own")
    func buckets() throws {
        func bucket(_ text: String) throws -> IPAddress? {
            let address = try #require(IPAddress(text))
            return ClientAddress(peer: address, values: [], trust: ProxyTrust(), isForwarded: false).bucket
        }

        #expect(try bucket("2001:db8:0:1::1") == bucket("2001:db8:0:1:ffff::2"))
        #expect(try bucket("2001:db8:0:1::1") != bucket("2001:db8:0:2::1"))
        #expect(try bucket("192.0.2.1") != bucket("192.0.2.2"))
        #expect(try bucket("192.0.2.1") == bucket("::ffff:192.0.2.1"))
    }
}
