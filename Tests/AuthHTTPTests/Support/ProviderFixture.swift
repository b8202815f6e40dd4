// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// The interface of a service with one identity provider, under an address with HTTPS.
struct ProviderFixture {
    static let url = "https://id.example.test"
    static let app = "https://app.example.test"
    static let start = "/auth/providers/corp/start"
    static let callback = "/auth/providers/corp/callback"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    let provider: MockProviderTransport
    let fixture: APIFixture

    init(
        registration: RegistrationPolicy = .open, usesFormPost: Bool = false,
        configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws {
        let clock = ManualClock()
        provider = try MockProviderTransport(clock: clock, usesFormPost: usesFormPost)
        var settings = AuthSettings(issuer: Self.url)
        settings.returnTargets = try ReturnTargets([Self.app, "com.example.app:/callback"])
        settings.registration = registration
        fixture = try await APIFixture(settings: settings, clock: clock, provider: provider) { configuration in
            configuration.publicURL = Self.url
            configure(&configuration)
        }
    }

    /// A browser with cookies of its own.
    func browser() -> HTTPTestClient { HTTPTestClient(fixture.api, url: Self.url) }

    /// Sends a browser to the provider; where it was sent.
    func depart(_ browser: HTTPTestClient, _ query: String = "") async throws -> String {
        let seen = await browser.get(Self.start + (query.isEmpty ? "" : "?\(query)"))
        #expect(seen.status == 302, "\(seen.text)")
        return try #require(seen.fields[.location])
    }

    /// Goes all the way to the answer of the callback.
    func arrive(
        _ browser: HTTPTestClient, _ query: String = "", as person: MockProviderTransport.Person = .init()
    ) async throws -> HTTPTestResponse {
        let location = try await depart(browser, query)
        return await browser.get("\(Self.callback)?\(try provider.query(for: location, as: person))")
    }

    /// The value of a parameter of the address that a browser was sent to.
    static func value(_ name: String, of response: HTTPTestResponse) throws -> String {
        let location = try #require(response.fields[.location], "\(response.text)")
        let pattern = try Regex("[?&]\(name)=([^&]*)")
        let match = try #require(location.firstMatch(of: pattern), "\(location)")
        return String(try #require(match.output[1].substring))
    }
}
