// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Testing

@testable import authd

@Suite("Requests to identity providers")
struct ProviderFetcherTests {
    @Test("a form is written as RFC 6749 has it")
    func forms() {
        let pairs = [
            ("grant_type", "authorization_code"), ("redirect_uri", "https://id.example.com/a?b=c&d"), ("ä", " +"),
        ]
        #expect(
            String(decoding: ProviderFetcher.form(pairs), as: UTF8.self)
                == "grant_type=authorization_code&redirect_uri=https%3A%2F%2Fid.example.com%2Fa%3Fb%3Dc%26d&%C3%A4=%20%2B"
        )
        #expect(ProviderFetcher.form([]).isEmpty)
    }

    @Test(
        "an answer is kept as long as its server says",
        arguments: [
            ([], nil), (["max-age=300"], 300), (["public, Max-Age=60"], 60), (["no-store"], 0),
            (["max-age=60", "no-cache"], 0), (["max-age=x"], nil), (["max-age=99999999999999999999"], nil),
            (["s-maxage=5"], nil), (["max-age="], nil),
        ] as [([String], Int?)])
    func ages(_ fields: [String], _ seconds: Int?) {
        #expect(CacheAge.of(fields) == seconds.map { .seconds($0) })
    }

    @Test("what the service is told of a failure names no host and no words of the connection")
    func faults() {
        #expect(ProviderFetcher.fault(.refusedAddress) == .refusedAddress)
        #expect(ProviderFetcher.fault(.refusedURL) == .refusedAddress)
        #expect(ProviderFetcher.fault(.tooLarge) == .answerTooLong)
        #expect(ProviderFetcher.fault(.timedOut) == .timedOut)
        #expect(ProviderFetcher.fault(.unreachable(diagnostic: "x")) == .unreachable)
        #expect(ProviderFetcher.fault(.tooManyRedirects) == .badStatus)
    }

    @Test("an address that the settings do not allow is not asked", .tags(.security))
    func refused() async throws {
        let fetcher = try ProviderFetcher(.publicInternet)
        defer { fetcher.close() }
        for url in ["http://example.com/", "https://127.0.0.1/", "https://localhost/", "https://example.com:8443/"] {
            await #expect(throws: ProviderFault.refusedAddress, "\(url)") {
                try await fetcher.send(ProviderRequest(.get, url))
            }
        }
    }

    @Test("there is none without a provider")
    func none() throws {
        let fetcher = try ProviderFetcher(ProvidersConfiguration())
        #expect(fetcher == nil)
    }
}
