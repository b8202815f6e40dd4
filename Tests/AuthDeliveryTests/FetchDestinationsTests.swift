// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthDelivery

@Suite("Fetch destinations")
struct FetchDestinationsTests {
    private func permits(_ destinations: FetchDestinations, _ url: String) -> Bool {
        CurlURL(absolute: url).map { destinations.permits($0) } ?? false
    }

    /// `nil` for what is no address.
    private func connects(_ destinations: FetchDestinations, _ address: String, for host: String = "service.test")
        -> Bool?
    {
        IPAddress(address).map { destinations.permits($0, for: host) }
    }

    @Test(
        "the public Internet is https at port 443, and nothing that could be read as something else",
        arguments: [
            ("https://service.test/", true), ("https://service.test:443/", true), ("HTTPS://service.test", true),
            ("https://service.test:8443/", false), ("http://service.test/", false), ("http://127.0.0.1/", false),
            ("http://localhost/", false), ("https://user@service.test/", false),
            ("https://service.test@evil.test/", false),
            ("ftp://service.test/", false), ("file:///etc/passwd", false), ("service.test", false),
            ("//service.test", false),
            ("https:service.test", false), ("https://", false), ("https://service.test/\r\nX: y", false),
            ("https://b\u{fc}cher.test/", false),
        ])
    func publicInternet(_ url: String, _ isPermitted: Bool) {
        #expect(permits(.publicInternet, url) == isPermitted)
    }

    @Test("further ports and plain hosts are those that are listed, by their whole name")
    func listed() {
        var destinations = FetchDestinations.publicInternet
        destinations.allowedPorts = [8443]
        destinations.plainHosts = ["plain.test"]

        #expect(permits(destinations, "https://service.test:8443/"))
        #expect(!permits(destinations, "https://service.test:8444/"))
        #expect(permits(destinations, "http://plain.test/"))
        #expect(permits(destinations, "http://PLAIN.test:8443/"))
        #expect(!permits(destinations, "http://plain.test:443/"))
        #expect(!permits(destinations, "http://plain.test.evil.test/"))
        #expect(!permits(destinations, "http://not-plain.test/"))
        #expect(!permits(destinations, "http://plain.test@evil.test/"))
    }

    @Test("each block that is set aside is refused, unless it is of a private network that the operator names")
    func networks() throws {
        var opened = FetchDestinations.publicInternet
        opened.allowedNetworks = try #require(IPNetwork.list("0.0.0.0/0 ::/0"))
        for row in SpecialPurposeNetworks.rows {
            let address = row.network.base
            #expect(!FetchDestinations.publicInternet.permits(address, for: "service.test"), "\(row.network)")
            #expect(opened.permits(address, for: "service.test") == address.purpose.canBeOpened, "\(row.network)")
        }
        #expect(connects(.publicInternet, "8.8.8.8") == true)
        #expect(connects(.publicInternet, "2001:4860:4860::8888") == true)
    }

    @Test("a network that the operator names is opened behind a translator too, and its neighbours are not")
    func allowedNetwork() throws {
        var destinations = FetchDestinations.publicInternet
        destinations.allowedNetworks = try #require(IPNetwork.list("10.1.0.0/16, fd12:3456::/32"))

        for address in ["10.1.255.255", "64:ff9b::10.1.2.3", "::ffff:10.1.2.3", "fd12:3456::1"] {
            #expect(connects(destinations, address) == true, "\(address)")
        }
        for address in ["10.2.0.0", "10.0.255.255", "64:ff9b::10.2.0.1", "fd12:3457::1", "fd00:ec2::254", "127.0.0.1"] {
            #expect(connects(destinations, address) == false, "\(address)")
        }
    }

    @Test("loopback is for URLs that name it: another name that leads there is refused")
    func loopback() throws {
        var destinations = FetchDestinations.publicInternet
        destinations.allowsLoopback = true

        #expect(permits(destinations, "http://localhost:8080/"))
        #expect(permits(destinations, "http://[::1]:8080/"))
        #expect(!permits(destinations, "http://service.test/"))
        #expect(connects(destinations, "127.0.0.1", for: "localhost") == true)
        #expect(connects(destinations, "::1", for: "localhost") == true)
        #expect(connects(destinations, "127.0.0.1", for: "service.test") == false)
        #expect(connects(destinations, "10.0.0.1", for: "localhost") == false)
        #expect(connects(destinations, "0.0.0.0", for: "localhost") == false)
    }

    @Test("what the operator wrote may lead inside")
    func anyAddress() throws {
        #expect(permits(.anyAddress, "https://authd.internal:8443/"))
        #expect(permits(.anyAddress, "http://127.0.0.1:8080/"))
        #expect(!permits(.anyAddress, "http://authd.internal/"))
        #expect(connects(.anyAddress, "10.0.0.1") == true)
    }
}
