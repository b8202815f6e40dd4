// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthTestSupport
import Glibc
import Synchronization
import Testing

/// What a server, a name server or the author of a URL can try.
///
/// Serialized because each test starts an interpreter.
@Suite("Fetching from strangers", .serialized, .timeLimit(.minutes(10)))
struct FetchingFromStrangersTests {
    /// As for the Internet, at the server's port; `networks` are opened.
    private func destinations(_ server: ChildServer, networks: String = "") throws -> FetchDestinations {
        var destinations = FetchDestinations.publicInternet
        destinations.allowedPorts = [server.port]
        destinations.allowedNetworks = try #require(IPNetwork.list(networks))
        return destinations
    }

    /// A fetcher that may go to the server under the names of its certificate's domain.
    private func fetcher(
        for server: ChildServer, resolving: @escaping @Sendable (String) -> [String] = { _ in ["127.0.0.1"] }
    ) throws -> HTTPSFetcher {
        try HTTPSFetcher(
            to: destinations(server, networks: "127.0.0.1"), certificateAuthorities: server.certificate,
            resolver: { host in resolving(host).compactMap { IPAddress($0) } })
    }

    private func failure(of fetcher: HTTPSFetcher, _ request: FetchRequest) async -> FetchError? {
        do throws(FetchError) {
            _ = try await fetcher.send(request)
            return nil
        } catch {
            return error
        }
    }

    private func request(_ url: String, redirects: Int = 0, timeout: Duration = .seconds(60)) -> FetchRequest {
        var request = FetchRequest(.get, url)
        request.maximumRedirects = redirects
        request.timeout = timeout
        return request
    }

    /// How many requests a server has had before this one.
    private func requests(_ server: ChildServer) async throws -> Int? {
        let fetcher = try HTTPSFetcher(to: .anyAddress, certificateAuthorities: server.certificate)
        let body = try await fetcher.get(
            "https://127.0.0.1:\(server.port)/requests", maximumBytes: 100, timeout: .seconds(60))
        return Int(String(decoding: body, as: UTF8.self)).map { $0 - 1 }
    }

    @Test("no spelling of an address of this machine is connected to")
    func spellings() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let fetcher = try HTTPSFetcher(
                to: destinations(server), certificateAuthorities: server.certificate)
            let hosts = [
                "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0X7F.1", "0177.0.0.1",
                "017700000001", "0177.0x0.1", "127.255.255.254", "0", "0.0.0.0", "0x0", "localhost", "LOCALHOST",
                "name.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]",
                "%31%32%37.0.0.1", "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "10.0.0.1", "0xa9fea9fe",
                "[::ffff:a9fe:a9fe]", "224.0.0.1", "255.255.255.255",
            ]
            for host in hosts {
                let url = "https://\(host):\(server.port)/keys"
                #expect(await failure(of: fetcher, request(url)) == .refusedAddress, "\(host)")
            }
            #expect(try await requests(server) == 0)
        }
    }

    @Test("a name server that changes its answer changes nothing: the address that is connected to is checked")
    func rebinding() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let answers = Mutex([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2", "127.0.0.1"], ["10.0.0.1", "::1"], []])
            let fetcher = try fetcher(for: server) { _ in
                answers.withLock { $0.isEmpty ? ["127.0.0.1"] : $0.removeFirst() }
            }
            var names = ["one", "two", "three", "four", "five", "one"].map {
                "https://\($0).service.test:\(server.port)/"
            }
            names[0] = "https://service.test:\(server.port)/keys"

            #expect(await failure(of: fetcher, request(names[0])) == nil)
            #expect(await failure(of: fetcher, request(names[1])) == .refusedAddress)
            // Of two addresses the one that is permitted is used; there the name is wrong.
            guard case .unreachable(let words) = await failure(of: fetcher, request(names[2])) else {
                Issue.record("a wrong name was accepted")
                return
            }
            #expect(words.contains("certificate"))
            #expect(await failure(of: fetcher, request(names[3])) == .refusedAddress)
            #expect(
                await failure(of: fetcher, request(names[4])) == .unreachable(diagnostic: "the name has no address"))
            #expect(try await requests(server) == 1)
        }
    }

    @Test("a certificate of another authority or for another name is refused, whatever address it is at")
    func certificates() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let trusting = try fetcher(for: server)
            let strict = try HTTPSFetcher(to: destinations(server, networks: "127.0.0.1"))
            let fetches = [
                (trusting, "https://other.test:\(server.port)/keys"), (strict, "https://127.0.0.1:\(server.port)/keys"),
            ]
            for (fetcher, url) in fetches {
                guard case .unreachable(let words) = await failure(of: fetcher, request(url)) else {
                    Issue.record("\(url) was accepted")
                    continue
                }
                #expect(words.contains("certificate"))
            }
            #expect(try await requests(server) == 0)
        }
    }

    @Test("a redirect leads only where a fetch may go, and only if the request allows it")
    func redirects() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let fetcher = try fetcher(for: server) { $0 == "inside.test" ? ["127.0.0.2"] : ["127.0.0.1"] }
            let base = "https://service.test:\(server.port)"
            func follow(_ target: String, redirects: Int = 3) async -> FetchError? {
                await failure(of: fetcher, request("\(base)/redirect?\(target)", redirects: redirects))
            }

            let unfollowed = try await fetcher.send(request(base + "/elsewhere"))
            #expect(unfollowed.status == 302 && unfollowed.values(of: "location") == ["/keys"])
            let followed = try await fetcher.send(request(base + "/elsewhere", redirects: 1))
            #expect(followed.status == 200 && followed.body == Array(#"{"keys":[]}"#.utf8))

            #expect(await follow("https://127.0.0.2:\(server.port)/keys") == .refusedAddress)
            #expect(await follow("https://2130706434:\(server.port)/keys") == .refusedAddress)
            #expect(await follow("https://[::1]:\(server.port)/keys") == .refusedAddress)
            #expect(await follow("https://inside.test:\(server.port)/keys") == .refusedAddress)
            #expect(await follow("//inside.test:\(server.port)/keys") == .refusedAddress)
            for target in [
                "http://service.test:\(server.port)/keys", "https://service.test:1/keys", "file:///etc/passwd",
                "https://ada:secret@service.test:\(server.port)/keys", "gopher://service.test:\(server.port)/keys",
            ] {
                #expect(await follow(target) == .refusedURL, "\(target)")
            }
            #expect(await follow("/redirect?/redirect?/keys", redirects: 3) == nil)
            #expect(await follow("/redirect?/redirect?/keys", redirects: 2) == .tooManyRedirects)
            #expect(await follow("/redirect?/redirect?/redirect?/keys", redirects: 100) == .tooManyRedirects)
        }
    }

    @Test("a token goes to the origin that it was meant for and to no other")
    func tokens() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let fetcher = try fetcher(for: server)
            func body(_ target: String) async throws -> String {
                var request = request("https://service.test:\(server.port)/redirect?\(target)", redirects: 1)
                request.fields = [("Authorization", "Bearer secret")]
                return String(decoding: try await fetcher.send(request).body, as: UTF8.self)
            }

            #expect(try await body("/token") == "Bearer secret")
            #expect(try await body("https://127.0.0.1:\(server.port)/token") == "None")
        }
    }

    @Test("bodies and headers that never end, or are too long, end at their bound")
    func endless() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress)
            let base = "http://127.0.0.1:\(server.port)"
            for path in ["/endless", "/long-field", "/many-fields", "/many-interim"] {
                #expect(await failure(of: fetcher, request(base + path)) == .tooLarge, "\(path)")
            }
            for path in ["/slow-body", "/slow-header", "/slow-fields", "/silent"] {
                let request = request(base + path, timeout: .milliseconds(300))
                #expect(await failure(of: fetcher, request) == .timedOut, "\(path)")
            }
            #expect(await failure(of: fetcher, request(base + "/keys")) == nil)
        }
    }

    @Test("an error has nothing of the answer")
    func secretAnswers() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress)
            for path in ["/failure", "/no-http", "/cut", "/bad-length", "/bad-chunk", "/redirect?/secret-marker"] {
                do throws(FetchError) {
                    _ = try await fetcher.get(
                        "http://127.0.0.1:\(server.port)\(path)", maximumBytes: 100, timeout: .seconds(60))
                    Issue.record("\(path) was accepted")
                } catch {
                    #expect(!"\(error)".contains("secret") && !"\(error)".contains("marker"), "\(path)")
                }
            }
        }
    }

    @Test("the fields of the last header are read, and those of interim answers and trailers are not")
    func fields() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress)
            let base = "http://127.0.0.1:\(server.port)"

            let response = try await fetcher.send(request(base + "/fields"))
            #expect(response.values(of: "cache-control") == ["max-age=60"])
            #expect(response.values(of: "ETag") == ["\"a\""])
            #expect(response.values(of: "x-spaces") == ["b"])
            #expect(response.values(of: "x-wide").isEmpty)
            #expect(response.values(of: "x-missing").isEmpty)

            let interim = try await fetcher.send(request(base + "/interim"))
            #expect(interim.values(of: "etag") == ["late"] && interim.body == Array("{}".utf8))
        }
    }

    @Test("a POST carries its body and fields, and follows no redirect")
    func posts() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress)
            func post(_ path: String, _ body: [UInt8]) async throws -> FetchResponse {
                var request = FetchRequest(
                    .post(body, contentType: "application/json"), "http://127.0.0.1:\(server.port)\(path)")
                request.fields = [("X-Signature", "v1=abc")]
                request.maximumRedirects = 3
                request.maximumBytes = 3_000_000
                return try await fetcher.send(request)
            }
            let fields = "['application/json', 'v1=abc', None]"

            let small = try await post("/hook", [0, 1, 0x7F])
            #expect(small.status == 201 && small.body == Array(fields.utf8) + [0, 1, 0x7F])
            #expect(try await post("/hook", []).body == Array(fields.utf8))
            let large = [UInt8](repeating: 0x61, count: 2_000_000)
            #expect(try await post("/hook", large).body == Array(fields.utf8) + large)
            #expect(try await post("/elsewhere", [1]).status == 307)
        }
    }

    @Test(
        "a field that could end its line, or say where or how the message goes, is refused",
        arguments: [
            ("Host", "evil.test"), ("host", "evil.test"), ("Content-Length", "0"), ("Transfer-Encoding", "chunked"),
            ("Connection", "close"), ("Accept", "text/html"), ("X Y", "z"), ("X:", "y"), ("", "y"), ("X", ""),
            ("X", " y"), ("X", "y "), ("X", "a\r\nHost: evil.test"), ("X", "a\nb"), ("X", "a\u{0}"), ("X\r\nY", "z"),
            ("X", "\u{e4}"), ("X", String(repeating: "y", count: 8_193)),
        ])
    func refusedFields(_ name: String, _ value: String) async throws {
        var request = FetchRequest(.get, "https://service.test/")
        request.fields = [(name, value)]

        #expect(await failure(of: try HTTPSFetcher(to: .publicInternet), request) == .refusedField)
    }

    @Test("a proxy that the environment names is not asked")
    func proxies() async {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            try await ChildServer.running("https_server", ["https"]) { server in
                let fetcher = try HTTPSFetcher(to: .anyAddress, certificateAuthorities: server.certificate)
                let url = "https://127.0.0.1:\(server.port)/keys"
                let body = try await fetcher.get(url, maximumBytes: 100, timeout: .seconds(60))
                guard body == Array(#"{"keys":[]}"#.utf8) else { exit(EXIT_FAILURE) }
            }
        }
    }

    @Test("no description of a request shows its fields or its body")
    func redaction() {
        var request = FetchRequest(.post(Array("geheim".utf8), contentType: "text/plain"), "https://service.test/")
        request.fields = [("Authorization", "Bearer geheim")]
        var dumped = ""
        dump(request, to: &dumped)

        for text in ["\(request)", String(reflecting: request), dumped] { #expect(!text.contains("geheim")) }
    }
}
