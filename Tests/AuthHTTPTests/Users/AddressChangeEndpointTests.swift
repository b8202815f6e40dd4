// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Change of address over HTTP") struct AddressChangeEndpointTests {
    private static let address = "lovelace@example.test"

    /// Ada, who is signed in.
    private static func fixture() async throws -> (APIFixture, String) {
        let fixture = try await APIFixture(settings: AuthSettings(issuer: "https://auth.example.test"))
        return (fixture, try await fixture.token("ada"))
    }

    private static func propose(
        _ fixture: APIFixture, _ token: String, _ address: String = address, fields: [String: String] = [:]
    ) async -> Seen {
        await fixture.send(
            .patch, "/users/me", #"{"email":"\#(address)","current_password":"\#(TestAuthority.password)"}"#,
            token: token, fields: fields)
    }

    /// The address that a user has, and the one that is pending.
    private struct Addresses: Equatable {
        var email: String?
        var pending: String?
    }

    private static func addresses(_ fixture: APIFixture, _ token: String) async -> Addresses {
        let own = await fixture.send(.get, "/auth/me", token: token)
        return Addresses(email: own.text("email"), pending: own.text("new_email"))
    }

    // Behaviour F88
    @Test("the answer has the address that is pending and a handle, and handle and code confirm it")
    func confirms() async throws {
        let (fixture, token) = try await Self.fixture()
        let asked = await Self.propose(fixture, token)
        #expect(asked.status == 200 && asked.text("email") == "ada@example.test")
        #expect(asked.text("new_email") == Self.address)
        let handle = try #require(asked.text("handle"))
        #expect(
            await Self.addresses(fixture, token) == Addresses(email: "ada@example.test", pending: Self.address))
        let mail = try await ReadMail(to: Self.address, fixture)

        let wrong = await fixture.send(
            .post, "/auth/email/change/confirm", #"{"handle":"\#(handle)","code":"2222-2222"}"#)
        #expect(wrong.code == "wrong_code" && wrong.json?["tries_left"]?.int64Value == 4)
        let done = await fixture.send(
            .post, "/auth/email/change/confirm", #"{"handle":"\#(handle)","code":"\#(mail.code)"}"#)

        #expect(done.status == 200 && done.json?["success"] == true, "\(done.text)")
        #expect(await Self.addresses(fixture, token) == Addresses(email: Self.address))
        let again = await fixture.send(
            .post, "/auth/email/change/confirm", #"{"token":"\#(mail.token)"}"#)
        #expect(again.code == "bad_token")
    }

    @Test("the token alone confirms it, and one of another purpose does not")
    func byToken() async throws {
        let (fixture, token) = try await Self.fixture()
        _ = await Self.propose(fixture, token)
        let mail = try await ReadMail(to: Self.address, fixture)
        let body = #"{"token":"\#(mail.token)"}"#

        #expect(await fixture.send(.post, "/auth/email/verification/confirm", body).code == "bad_token")
        #expect(await fixture.send(.post, "/auth/email/change/confirm", body).status == 200)
        #expect(await Self.addresses(fixture, token).email == Self.address)
    }

    // Behaviour F91
    @Test("a taken address gets the answer of a free one, and its owner a notice")
    func taken() async throws {
        let (fixture, token) = try await Self.fixture()
        _ = try await fixture.token("bob")
        let same = ["X-Request-ID": "same"]

        let free = await Self.propose(fixture, token, "eve@example.test", fields: same)
        let taken = await Self.propose(fixture, token, "bob@example.test", fields: same)

        #expect(free.status == 200 && taken.status == 200)
        #expect(taken.text("new_email") == "bob@example.test" && taken.text("handle") != nil)
        #expect(free.whole.map { $0.replacing("eve@", with: "bob@") } == taken.whole)
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress("bob@example.test"))
        #expect(mails.last == .addressAlreadyRegistered)
    }

    @Test("a browser has the handle in a cookie, with which the code confirms the address")
    func cookie() async throws {
        let fixture = try await APIFixture(settings: AuthSettings(issuer: "https://auth.example.test")) {
            $0.publicURL = "https://id.example.test"
        }
        _ = try await fixture.token("ada")
        let own = ["X-Auth-Mode": "cookie", "Origin": "https://id.example.test", "Sec-Fetch-Site": "same-origin"]
        let login = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"\#(TestAuthority.password)"}"#, fields: own)
        let session = login.allCookies.map { String($0.prefix { $0 != ";" }) }
        let asked = await fixture.send(
            .patch, "/users/me", #"{"email":"\#(Self.address)","current_password":"\#(TestAuthority.password)"}"#,
            fields: own.merging(["Cookie": session.joined(separator: "; ")]) { $1 })

        #expect(asked.status == 200 && asked.text("handle") == nil, "\(asked.text)")
        let flow = try #require(asked.allCookies.first { $0.hasPrefix("__Host-authd_flow_change-address=afh_") })
        let mail = try await ReadMail(to: Self.address, fixture)
        let done = await fixture.send(
            .post, "/auth/email/change/confirm", #"{"code":"\#(mail.code)"}"#,
            fields: own.merging(["Cookie": String(flow.prefix { $0 != ";" })]) { $1 })
        #expect(done.status == 200, "\(done.text)")
        #expect(done.allCookies.contains { $0.hasPrefix("__Host-authd_flow_change-address=;") })
    }

    @Test("link and code of the mail to the former address undo the change and revoke the sessions")
    func undoes() async throws {
        let (fixture, token) = try await Self.fixture()
        _ = await Self.propose(fixture, token)
        let mail = try await ReadMail(to: Self.address, fixture)
        _ = await fixture.send(.post, "/auth/email/change/confirm", #"{"token":"\#(mail.token)"}"#, token: token)
        let undo = try await ReadMail(to: "ada@example.test", fixture)

        let half = await fixture.send(.post, "/auth/email/change/undo", #"{"token":"\#(undo.token)"}"#)
        #expect(half.code == "validation_failed" && half.wrongFields == ["code"])
        let wrong = await fixture.send(
            .post, "/auth/email/change/undo", #"{"token":"\#(undo.token)","code":"2222-2222"}"#)
        #expect(wrong.code == "wrong_code")
        let body = #"{"token":"\#(undo.token)","code":"\#(undo.code)"}"#
        #expect(await fixture.send(.post, "/auth/email/change/undo", body).status == 200)

        #expect(await fixture.send(.get, "/auth/me", token: token).status == 401)
        #expect(await fixture.send(.post, "/auth/email/change/undo", body).code == "bad_token")
        let user = try await fixture.service.users.user(identifiedBy: .username(try Username("ada")))
        #expect(user.email?.canonical == "ada@example.test")
    }

    @Test("a change is given up and made final by its user, the latter soon after a sign-in alone")
    func ends() async throws {
        let (fixture, token) = try await Self.fixture()
        _ = await Self.propose(fixture, token)
        let mail = try await ReadMail(to: Self.address, fixture)
        let cancelled = await fixture.send(.delete, "/auth/email/change", token: token)
        #expect(cancelled.status == 200 && cancelled.json?["new_email"] == .null)
        let late = await fixture.send(.post, "/auth/email/change/confirm", #"{"token":"\#(mail.token)"}"#)
        #expect(late.code == "bad_token")

        #expect(await fixture.send(.post, "/auth/email/change/final", token: token).status == 200)
        #expect(await fixture.send(.post, "/auth/email/change/final").status == 401)
        let old = try await fixture.authority.signIn(as: "ada")
        fixture.authority.clock.advance(by: .seconds(15 * 60))
        let refreshed = try await fixture.service.sessions.refresh(old.refreshToken, from: ClientContext())
        let refused = await fixture.send(.post, "/auth/email/change/final", token: refreshed.accessToken)
        #expect(refused.code == "reauthentication_required")
    }
}
