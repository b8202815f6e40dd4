// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

/// Where a browser finds what a mailed link has led to: clients of the two flows look at different places.
@Suite("Where links of Supabase's API lead")
struct SupabasePlaceTests {
    /// Asks for another address; the link of the mail to the present one.
    private static func changing(_ more: [(String, JSONValue)]) async throws -> (fixture: SupabaseFixture, link: String)
    {
        let fixture = try await SupabaseFixture(.new)
        let token = try await fixture.session().access
        fixture.clock.advance(by: .seconds(61))
        var body: JSONObject = ["email": "lovelace@example.test"]
        for (name, value) in more { body[name] = value }
        let asked = await fixture.send(.put, "/user", .object(body), bearing: token)
        #expect(asked.status == 200, "\(asked.text)")
        return (fixture, try await fixture.link())
    }

    @Test("the first of two confirmations is told in the fragment, and with a verifier in the query, too")
    func firstConfirmation() async throws {
        let (fixture, link) = try await Self.changing([])
        let implicit = await SupabaseScenario.submit(fixture, link)
        #expect(implicit.status == 303 && implicit.inFragment("message") != nil, "\(implicit.fields)")
        #expect(implicit.inQuery("message") == nil && implicit.value("error_code") == nil)

        let (other, withVerifier) = try await Self.changing(SupabaseFixture.pair)
        let exchanging = await SupabaseScenario.submit(other, withVerifier)
        #expect(exchanging.status == 303 && exchanging.inFragment("message") != nil, "\(exchanging.fields)")
        #expect(exchanging.inQuery("message") != nil && exchanging.value("code") == nil)
    }

    @Test("a link of a flow with a verifier leads to a code in the query, and its failure is told in both places")
    func withVerifier() async throws {
        let fixture = try await SupabaseFixture(.new)
        #expect(await fixture.signUp(more: SupabaseFixture.pair).status == 200)
        let link = try await fixture.link()
        let opened = await SupabaseScenario.submit(fixture, link)
        #expect(opened.inQuery("code") != nil && opened.inFragment("code") == nil, "\(opened.fields)")
        #expect(opened.value("access_token") == nil)

        let again = await SupabaseScenario.submit(fixture, link)
        for name in ["error", "error_code", "error_description"] {
            #expect(again.inQuery(name) != nil && again.inQuery(name) == again.inFragment(name), "\(again.fields)")
        }
        #expect(again.inQuery("error_code") == "otp_expired")
    }

    @Test("a further mail of a change goes to both addresses, and both links confirm")
    func further() async throws {
        let (fixture, first) = try await Self.changing([])
        fixture.clock.advance(by: .seconds(61))
        let resent = await fixture.send(.post, "/resend", ["type": "email_change", "email": "ada@example.test"])
        #expect(resent.status == 200 && resent.text == "{}", "\(resent.text)")
        let current = try await fixture.link()
        let new = try await fixture.link(to: "lovelace@example.test")
        #expect(current != first)
        #expect(await SupabaseScenario.submit(fixture, current).inFragment("message") != nil)
        let changed = await SupabaseScenario.submit(fixture, new)
        let token = try #require(changed.inFragment("access_token"), "\(changed.fields)")
        #expect(await fixture.send(.get, "/user", bearing: token)["email"] == "lovelace@example.test")
    }
}
