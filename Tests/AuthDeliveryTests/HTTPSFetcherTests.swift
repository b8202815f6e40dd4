// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthTestSupport
import Testing

/// Serialized because each test starts an interpreter.
@Suite("HTTPS fetcher", .serialized, .timeLimit(.minutes(10)))
struct HTTPSFetcherTests {
    @Test("fetches over verified TLS, and rejects an untrusted certificate")
    func verifiedTLS() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let url = "https://127.0.0.1:\(server.port)/keys"

            let trusting = try HTTPSFetcher(to: .anyAddress, certificateAuthorities: server.certificate)
            let strict = try HTTPSFetcher(to: .anyAddress)

            let body = try await trusting.get(url, maximumBytes: 100, timeout: .seconds(20))
            #expect(body == Array(#"{"keys":[]}"#.utf8))
            guard case .unreachable(let diagnostic) = await failure(of: strict, fetching: url) else {
                Issue.record("an untrusted certificate was accepted")
                return
            }
            #expect(diagnostic.contains("certificate"))
        }
    }

    @Test("tells when the certificate of a server ends that it trusts, on connections that it has open as well")
    func certificateEnd() async throws {
        try await ChildServer.running("https_server", ["https"]) { server in
            let url = "https://127.0.0.1:\(server.port)/missing"
            let trusting = try HTTPSFetcher(to: .anyAddress, certificateAuthorities: server.certificate)

            let first = try #require(try await trusting.certificateEnd(of: url, timeout: .seconds(20)))
            let second = try await trusting.certificateEnd(of: url, timeout: .seconds(20))

            let printed = try await Command(
                "openssl", "x509", "-in", server.certificate, "-noout", "-enddate", "-dateopt", "iso_8601"
            ).succeed()
            let date = printed.replacing("notAfter=", with: "").replacing("\n", with: "").replacing(" ", with: "T")
            #expect(first == Timestamp(rfc3339: date))
            #expect(second == first)
            await #expect(throws: FetchError.self) {
                try await HTTPSFetcher(to: .anyAddress).certificateEnd(of: url, timeout: .seconds(20))
            }
            await #expect(throws: FetchError.refusedURL) {
                try await trusting.certificateEnd(of: "http://example.test/", timeout: .seconds(20))
            }
        }
        try await ChildServer.running("https_server", ["http"]) { server in
            let url = "http://127.0.0.1:\(server.port)/keys"
            let end = try await HTTPSFetcher(to: .anyAddress).certificateEnd(of: url, timeout: .seconds(20))
            #expect(end == nil)
        }
    }

    @Test("any response other than a short 200 is an error of its own")
    func errors() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress)
            let base = "http://127.0.0.1:\(server.port)"

            #expect(await failure(of: fetcher, fetching: base + "/keys") == nil)
            #expect(await failure(of: fetcher, fetching: base + "/missing") == .status(404))
            #expect(await failure(of: fetcher, fetching: base + "/elsewhere") == .status(302))
            #expect(await failure(of: fetcher, fetching: base + "/large", maximumBytes: 4999) == .tooLarge)
            #expect(await failure(of: fetcher, fetching: base + "/large", maximumBytes: 5000) == nil)
            #expect(await failure(of: fetcher, fetching: base + "/silent", timeout: .milliseconds(200)) == .timedOut)
        }
    }

    @Test("a bearer token is sent unchanged to the requested address only")
    func tokens() async throws {
        try await ChildServer.running("https_server", ["http"]) { server in
            let fetcher = try HTTPSFetcher(to: .anyAddress, threads: 2)
            let url = "http://127.0.0.1:\(server.port)/token"
            func get(_ token: String?) async throws -> String {
                let body = try await fetcher.get(url, bearing: token, maximumBytes: 5000, timeout: .seconds(20))
                return String(decoding: body, as: UTF8.self)
            }

            #expect(try await get("abc.DEF-1~+/=") == "Bearer abc.DEF-1~+/=")
            #expect(try await get(nil) == "None")
            for token in ["", "a b", "a\r\nHost: evil", "a\u{0}", "é"] {
                await #expect(throws: FetchError.refusedToken) { try await get(token) }
            }
        }
    }

    @Test(
        "addresses that are not plain HTTPS are rejected without a request",
        arguments: [
            "http://example.test/keys", "file:///etc/passwd", "https://user:password@example.test/",
            "example.test", "", "https://", "http://127.0.0.1\\@evil.test/", "http://127.0.0.1.evil.test/",
            "https://example.test/\u{0}",
        ])
    func refusedURLs(_ url: String) async throws {
        #expect(await failure(of: try HTTPSFetcher(to: .anyAddress), fetching: url) == .refusedURL)
    }

    private func failure(
        of fetcher: HTTPSFetcher, fetching url: String, maximumBytes: Int = 5000, timeout: Duration = .seconds(20)
    ) async -> FetchError? {
        do throws(FetchError) {
            _ = try await fetcher.get(url, maximumBytes: maximumBytes, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }
}
