// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Routes of identities")
struct IdentityEndpointTests {
    private static let settings = "https://app.example.test/settings"
    private static let body = #"{"return_to":"\#(settings)","code_challenge":"\#(ProviderFixture.challenge)"}"#

    /// Begins to link with an access token; the path and query that the browser is to be sent to.
    private func begin(_ fixture: ProviderFixture, _ token: String) async throws -> String {
        let seen = await fixture.fixture.send(.post, "/auth/identities/corp/start", Self.body, token: token)
        #expect(seen.status == 200, "\(seen.text)")
        let url = try #require(seen.text("url"))
        #expect(url.hasPrefix("\(ProviderFixture.url)\(ProviderFixture.start)?ticket="))
        return String(url.dropFirst(ProviderFixture.url.count))
    }

    /// Goes to the provider with a ticket, and comes back with a code.
    private func code(
        _ fixture: ProviderFixture, _ path: String, as person: MockProviderTransport.Person = .init()
    ) async throws -> String {
        let browser = fixture.browser()
        let seen = await browser.get(path)
        let location = try #require(seen.fields[.location], "\(seen.text)")
        let back = await browser.get(
            "\(ProviderFixture.callback)?\(try fixture.provider.query(for: location, as: person))")
        #expect(back.fields[.location]?.hasPrefix("https://app.example.test/settings?code=") == true)
        #expect(!browser.cookieNames.contains("__Host-authd_access"))
        return try ProviderFixture.value("code", of: back)
    }

    private func link(_ fixture: ProviderFixture, _ code: String, _ token: String) async -> Seen {
        await fixture.fixture.send(
            .post, "/auth/identities", #"{"code":"\#(code)","code_verifier":"\#(ProviderFixture.verifier)"}"#,
            token: token)
    }

    @Test("a user links an identity, signs in by it, and removes it")
    func life() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.fixture.token("ada", role: .admin)
        let person = MockProviderTransport.Person(email: "lovelace@elsewhere.test", isVerified: false)
        let code = try await code(fixture, try await begin(fixture, ada), as: person)
        let empty = await fixture.fixture.send(.get, "/auth/identities", token: ada)
        #expect(empty.json?["items"]?.arrayValue?.isEmpty == true, "nothing is linked before")

        let linked = await link(fixture, code, ada)
        #expect(linked.status == 201 && linked.text("provider") == "corp", "\(linked.text)")
        #expect(linked.text("email") == "lovelace@elsewhere.test" && linked.json?["email_verified"] == false)
        #expect(!linked.text.contains(person.subject))
        #expect(await link(fixture, code, ada).status == 400)

        let seen = try await fixture.arrive(fixture.browser(), as: person)
        #expect(seen.fields[values: .setCookie].contains { $0.hasPrefix("__Host-authd_access") }, "\(seen.text)")
        let id = try #require(linked.text("id"))
        #expect(await fixture.fixture.send(.delete, "/auth/identities/\(id)", token: ada).status == 204)
        #expect(await fixture.fixture.send(.delete, "/auth/identities/\(id)", token: ada).code == "not_found")
    }

    @Test("the code is for the session that began, and needs the verifier with an access token")
    func binding() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.fixture.token("ada")
        let mallory = try await fixture.fixture.token("mallory")
        let stolen = try await code(fixture, try await begin(fixture, ada))
        let foreign = await link(fixture, stolen, mallory)
        #expect(foreign.status == 400 || foreign.status == 409, "\(foreign.text)")
        #expect(await fixture.fixture.send(.get, "/auth/identities", token: mallory).json?["items"]?.arrayValue == [])

        let own = try await code(fixture, try await begin(fixture, ada))
        let without = await fixture.fixture.send(.post, "/auth/identities", #"{"code":"\#(own)"}"#, token: ada)
        #expect(without.status == 422 && without.wrongFields == ["code_verifier"])
        #expect(await link(fixture, own, ada).status == 201)
    }

    @Test("an identity of another user is taken, and an access token needs a challenge and a recent proof")
    func refusals() async throws {
        let fixture = try await ProviderFixture()
        let ada = try await fixture.fixture.token("ada")
        let grace = try await fixture.fixture.token("grace")
        #expect(await link(fixture, try await code(fixture, try await begin(fixture, ada)), ada).status == 201)
        let taken = await link(fixture, try await code(fixture, try await begin(fixture, grace)), grace)
        #expect(taken.status == 409 && taken.code == "identity_taken", "\(taken.text)")

        let start = "/auth/identities/corp/start"
        let without = await fixture.fixture.send(.post, start, "{}", token: ada)
        #expect(without.status == 422 && without.wrongFields == ["code_challenge"])
        #expect(
            await fixture.fixture.send(.post, "/auth/identities/other/start", Self.body, token: ada).code == "not_found"
        )
        fixture.fixture.authority.clock.advance(by: .seconds(16 * 60))
        #expect(await fixture.fixture.send(.post, start, Self.body, token: ada).code == "reauthentication_required")
    }

    @Test("the last way in stays")
    func lastWayIn() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        _ = try await fixture.arrive(browser)
        let page = browser.page()
        let listed = await page.get("/auth/identities")
        let id = try #require(listed.json?.objectValue?["items"]?.arrayValue?.first?.objectValue?["id"]?.stringValue)
        let refused = await page.delete("/auth/identities/\(id)")
        #expect(refused.status == 409 && refused.problem == "last_way_in", "\(refused.text)")
    }

    @Test("in cookies a session links without a verifier, and a page of another site does not")
    func inCookies() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        _ = try await fixture.arrive(browser)
        let page = browser.page()
        let begun = await page.post(
            "/auth/identities/corp/start", json: ["return_to": "https://app.example.test/settings"])
        let url = try #require(begun["url"], "\(begun.text)")
        let departed = await browser.get(String(url.dropFirst(ProviderFixture.url.count)))
        let other = MockProviderTransport.Person("second", email: "second@elsewhere.test", isVerified: false)
        let location = try #require(departed.fields[.location])
        let back = await browser.get(
            "\(ProviderFixture.callback)?\(try fixture.provider.query(for: location, as: other))")
        let body: JSONValue = ["code": .string(try ProviderFixture.value("code", of: back))]
        let foreign = await browser.page(of: "https://evil.example").post("/auth/identities", json: body)
        #expect(foreign.status == 403 && foreign.problem == "csrf_refused")
        let linked = await page.post("/auth/identities", json: body)
        #expect(linked.status == 201, "\(linked.text)")
    }
}
