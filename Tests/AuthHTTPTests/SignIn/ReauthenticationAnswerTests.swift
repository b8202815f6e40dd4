// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Answers to a re-authentication") struct ReauthenticationAnswerTests {
    private static let password = #"{"password":"\#(TestAuthority.password)"}"#

    /// A service with `ada`, whose address is verified.
    private func makeFixture() async throws -> APIFixture {
        let fixture = try await APIFixture { $0.publicURL = "https://auth.example.test" }
        let draft = UserDraft(
            username: try Username("ada"), email: try EmailAddress("ada@example.test"), fullName: nil,
            password: try Password(TestAuthority.password), isVerified: true)
        _ = try await fixture.service.users.create(
            draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        return fixture
    }

    @Test("a client with tokens gets tokens of the same session, whose time of proof is new")
    func tokens() async throws {
        let fixture = try await makeFixture()
        let before = try await fixture.token("ada")
        fixture.authority.clock.advance(by: .seconds(1_200))

        let seen = await fixture.send(.post, "/auth/reauthenticate", Self.password, token: before)

        let after = try #require(seen.text("access_token"))
        let (old, new) = (try Forger.claims(of: before), try Forger.claims(of: after))
        #expect(new["sid"] == old["sid"] && new["sub"] == old["sub"] && new["scope"] == old["scope"])
        #expect(new["auth_time"]?.int64Value == old["auth_time"]?.int64Value.map { $0 + 1_200 })
        #expect(seen["set-cookie"] == nil && seen["cache-control"] == "no-store")
        let refresh = try #require(seen.text("refresh_token"))
        let refreshed = await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
        let next = try Forger.claims(of: try #require(refreshed.text("access_token")))
        #expect(next["auth_time"] == new["auth_time"])
    }

    @Test("a browser gets the tokens as cookies, and none in the body")
    func cookies() async throws {
        let fixture = try await makeFixture()
        let browser = Browser(fixture)
        await browser.signIn()
        let before = browser.jar["__Host-authd_access"]
        fixture.authority.clock.advance(by: .seconds(1_200))
        #expect(await browser.send(.post, "/auth/logout?sessions=others").code == "reauthentication_required")

        let seen = await browser.send(.post, "/auth/reauthenticate", Self.password)

        #expect(seen.status == 200 && seen.text("token_type") == "cookie" && !seen.holdsTokenInBody)
        #expect(browser.jar["__Host-authd_access"] != before)
        #expect(await browser.send(.post, "/auth/logout?sessions=others").status == 200)
    }

    @Test("a mailed code counts with its handle; wrong ones are counted down")
    func mailedCode() async throws {
        let fixture = try await makeFixture()
        let token = try await fixture.token("ada")
        let options = await fixture.send(.post, "/auth/reauthenticate/options", token: token)
        #expect(options.json?["methods"]?.arrayValue == ["password", "mail"])
        let started = await fixture.send(.post, "/auth/reauthenticate/mail", token: token)
        let handle = try #require(started.text("handle"))
        #expect(started.json?["success"] == true)
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress("ada@example.test"))
        let code = try #require(mails.last?.code?.text.revealed)

        for left in [4, 3] as [Int64] {
            let wrong = await fixture.send(
                .post, "/auth/reauthenticate", #"{"handle":"\#(handle)","code":"2222-2222"}"#, token: token)
            #expect(wrong.code == "wrong_code" && wrong.json?["tries_left"]?.int64Value == left)
        }
        let seen = await fixture.send(
            .post, "/auth/reauthenticate", #"{"handle":"\#(handle)","code":"\#(code)"}"#, token: token)

        #expect(seen.status == 200)
        let claims = try Forger.claims(of: try #require(seen.text("access_token")))
        #expect(claims["amr"]?.arrayValue == ["pwd", "otp"])
    }

    @Test("a body without a proof, or with half of one, names the missing field")
    func missingFields() async throws {
        let fixture = try await makeFixture()
        let token = try await fixture.token("ada")
        for (body, field) in [
            ("{}", "password"), (#"{"handle":"afh_x"}"#, "code"), (#"{"code":"K7QF-2MXD"}"#, "handle"),
        ] {
            let seen = await fixture.send(.post, "/auth/reauthenticate", body, token: token)
            #expect(seen.status == 422 && seen.wrongFields == [field], "\(body)")
        }
    }

    @Test("a wrong password is told so, and a user who has a password sets no first one")
    func wrongPassword() async throws {
        let fixture = try await makeFixture()
        let token = try await fixture.token("ada")
        let wrong = await fixture.send(
            .post, "/auth/reauthenticate", #"{"password":"not the current one"}"#, token: token)
        #expect(wrong.status == 400 && wrong.code == "wrong_password")
        let set = await fixture.send(
            .post, "/auth/password/set", #"{"new_password":"a new way to sign in"}"#, token: token)
        #expect(set.status == 409 && set.code == "password_already_set")
    }
}

extension Seen {
    /// Whether a token stands in the body.
    fileprivate var holdsTokenInBody: Bool { text.contains("art_") || text.contains("eyJ") }
}
