// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// What mailed links and codes do and do not open, as their clients see it.
@Suite("Links and codes of mailed actions") struct MailboxProofTests {
    private static let address = "ada@example.test"
    private static let new = "another good one"

    /// A flow as its client knows it, and its mail.
    private struct Flow {
        let handle: String
        let token: String
        let code: String

        /// A code that is another one.
        var wrongCode: String { code == "2222-2222" ? "3333-3333" : "2222-2222" }
    }

    private static func fixture(
        store: any AuthStore = InMemoryAuthStore(), clock: ManualClock = ManualClock()
    ) async throws -> APIFixture {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.signsInByMail = true
        return try await APIFixture(settings: settings, store: store, clock: clock)
    }

    private static func begin(
        _ path: String, _ fixture: APIFixture, email: String = address
    ) async throws -> Flow {
        let begun = await fixture.send(.post, path, #"{"email":"\#(email)"}"#)
        let handle = try #require(begun.text("handle"), "\(begun.text)")
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress(email))
        let mail = try #require(mails.last { $0.oneTimeToken != nil })
        return Flow(
            handle: handle, token: try #require(mail.token), code: try #require(mail.code?.text.revealed))
    }

    private static func reset(_ fixture: APIFixture, _ proof: [String: String]) async -> Seen {
        let members = proof.map { #""\#($0)":"\#($1)","# }.sorted().joined()
        return await fixture.send(
            .post, "/auth/password/reset/confirm", #"{\#(members)"new_password":"\#(new)"}"#,
            fields: ["X-Request-ID": "same"])
    }

    private static func signIn(_ fixture: APIFixture, _ name: String, _ password: String) async -> UInt16 {
        await fixture.send(.post, "/auth/login", #"{"username":"\#(name)","password":"\#(password)"}"#).status
    }

    // Behaviour A14
    // ASVS 6.6.3
    @Test("wrong codes count at their flow in every process and over restarts, and void no other flow and no link")
    func wrongCodes() async throws {
        let (store, clock) = (InMemoryAuthStore(), ManualClock())
        let first = try await Self.fixture(store: store, clock: clock)
        _ = try await first.token("ada")
        let other = try await Self.begin("/auth/password/reset/request", first)
        let flow = try await Self.begin("/auth/password/reset/request", first)
        let second = try await Self.fixture(store: store, clock: clock)
        for (left, fixture) in zip([4, 3, 2, 1, 0], [first, second, first, second, second]) {
            let refused = await Self.reset(fixture, ["handle": flow.handle, "code": flow.wrongCode])
            #expect(refused.code == "wrong_code" && refused.json?["tries_left"]?.int64Value == Int64(left))
        }

        #expect(await Self.reset(first, ["handle": flow.handle, "code": flow.code]).code == "wrong_code")
        // What is left of the others: the code of another flow, and the link of this one.
        let foreign = await Self.reset(first, ["handle": other.handle, "code": other.wrongCode])
        #expect(foreign.json?["tries_left"]?.int64Value == 4)
        #expect(await Self.reset(second, ["token": flow.token]).status == 200)
    }

    // Behaviour A15
    // ASVS 6.5.5
    @Test("a code that has expired gets the answer of a wrong one, and the link goes on")
    func expiredCode() async throws {
        let fixture = try await Self.fixture()
        _ = try await fixture.token("ada")
        let flow = try await Self.begin("/auth/password/reset/request", fixture)
        fixture.authority.clock.advance(by: .seconds(600))

        let expired = await Self.reset(fixture, ["handle": flow.handle, "code": flow.code])
        let wrong = await Self.reset(fixture, ["handle": flow.handle, "code": flow.wrongCode])
        #expect(expired.code == "wrong_code" && expired.status == 400)
        #expect(expired.whole == wrong.whole)
        #expect(await Self.reset(fixture, ["token": flow.token]).status == 200)
    }

    // Behaviour A16
    // ASVS 6.6.2
    @Test("every mail works until one is used, each code with the handle of its own request alone; then none works")
    func severalMails() async throws {
        let fixture = try await Self.fixture()
        _ = try await fixture.token("ada")
        let first = try await Self.begin("/auth/password/reset/request", fixture)
        let second = try await Self.begin("/auth/password/reset/request", fixture)

        #expect(await Self.reset(fixture, ["handle": second.handle, "code": first.code]).code == "wrong_code")
        #expect(await Self.reset(fixture, ["handle": first.handle, "code": first.code]).status == 200)
        for proof in [
            ["token": first.token], ["token": second.token], ["handle": first.handle, "code": first.code],
            ["handle": second.handle, "code": second.code],
        ] {
            let refused = await Self.reset(fixture, proof)
            #expect(refused.status == 400, "\(proof.keys)")
        }
    }

    // Behaviour A19
    @Test(
        "the password of a stranger who registered the address is void once its owner proves the mailbox",
        arguments: ["/auth/email/verification", "/auth/login/mail"])
    func squatter(_ path: String) async throws {
        let fixture = try await Self.fixture()
        let body = #"{"username":"squatter","email":"\#(Self.address)","password":"notes on the engine"}"#
        #expect(await fixture.send(.post, "/auth/register", body).status == 201)
        let session = await fixture.send(
            .post, "/auth/login", #"{"username":"squatter","password":"notes on the engine"}"#)
        let refresh = try #require(session.text("refresh_token"))

        let ask = path == "/auth/login/mail" ? "request" : "resend"
        let flow = try await Self.begin("\(path)/\(ask)", fixture)
        let proven = await fixture.send(
            .post, "\(path)/confirm", #"{"handle":"\#(flow.handle)","code":"\#(flow.code)"}"#)

        #expect(proven.status == 200, "\(proven.text)")
        #expect(await Self.signIn(fixture, "squatter", "notes on the engine") == 401)
        #expect(
            await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#).status == 401)
    }

    // Behaviour F81, F92
    // ASVS 6.5.1
    @Test(
        "of simultaneous uses of one mail, one is accepted and at most one session opened",
        arguments: ["/auth/password/reset", "/auth/login/mail"])
    func simultaneous(_ path: String) async throws {
        let fixture = try await Self.fixture()
        _ = try await fixture.token("ada")
        let flow = try await Self.begin("\(path)/request", fixture)
        let extra = path == "/auth/login/mail" ? "" : #","new_password":"\#(Self.new)""#
        let body = #"{"handle":"\#(flow.handle)","code":"\#(flow.code)"\#(extra)}"#
        let answers = await withTaskGroup(of: UInt16.self) { group in
            for _ in 0..<20 { group.addTask { await fixture.send(.post, "\(path)/confirm", body).status } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == 200 } == 1)
        #expect(answers.allSatisfy { $0 == 200 || $0 == 400 })
    }

    // Behaviour F82
    @Test("a link sets the password of its own user alone, whatever else is shown with it")
    func otherUser() async throws {
        let fixture = try await Self.fixture()
        _ = try await fixture.token("ada")
        _ = try await fixture.token("bob")
        let ada = try await Self.begin("/auth/password/reset/request", fixture)
        let bob = try await Self.begin("/auth/password/reset/request", fixture, email: "bob@example.test")

        #expect(await Self.reset(fixture, ["token": ada.token, "code": bob.code]).code == "wrong_code")
        #expect(await Self.reset(fixture, ["handle": bob.handle, "code": ada.code]).code == "wrong_code")
        #expect(await Self.reset(fixture, ["token": ada.token, "handle": bob.handle]).status == 200)
        #expect(await Self.signIn(fixture, "ada", Self.new) == 200)
        #expect(await Self.signIn(fixture, "bob", TestAuthority.password) == 200)
        #expect(await Self.signIn(fixture, "bob", Self.new) == 401)
    }

    // Behaviour F83
    @Test("after a reset no session and no other mail of the user works, whatever it was for")
    func afterReset() async throws {
        let fixture = try await Self.fixture()
        let access = try await fixture.token("ada")
        let signIn = try await Self.begin("/auth/login/mail/request", fixture)
        let unlock = try await Self.begin("/auth/unlock/request", fixture)
        let other = try await Self.begin("/auth/password/reset/request", fixture)
        let reset = try await Self.begin("/auth/password/reset/request", fixture)

        #expect(await Self.reset(fixture, ["handle": reset.handle, "code": reset.code]).status == 200)

        #expect(await fixture.send(.get, "/auth/me", token: access).status == 401)
        #expect(await Self.reset(fixture, ["token": other.token]).code == "bad_token")
        for (path, flow) in [("/auth/login/mail/confirm", signIn), ("/auth/unlock/confirm", unlock)] {
            for proof in [
                #"{"handle":"\#(flow.handle)","code":"\#(flow.code)"}"#,
                #"{"token":"\#(flow.token)","handle":"\#(flow.handle)"}"#,
            ] {
                #expect(await fixture.send(.post, path, proof).status == 400, "\(path)")
            }
        }
    }

    // Behaviour F93
    @Test("a link to sign in opens no session by itself, nor with the handle of another browser")
    func linkAlone() async throws {
        let fixture = try await Self.fixture()
        _ = try await fixture.token("ada")
        let attacker = try await Self.begin("/auth/login/mail/request", fixture, email: Self.address)
        let owner = try await Self.begin("/auth/login/mail/request", fixture)
        let path = "/auth/login/mail/confirm"

        #expect(await fixture.send(.post, path, #"{"token":"\#(owner.token)"}"#).status == 422)
        let relayed = await fixture.send(
            .post, path, #"{"token":"\#(owner.token)","handle":"\#(attacker.handle)"}"#)
        #expect(relayed.status == 400 && !relayed.holdsToken)
        // The one who began it learns nothing, and the owner completes.
        let guessed = await fixture.send(
            .post, path, #"{"handle":"\#(attacker.handle)","code":"\#(owner.code)"}"#)
        #expect(guessed.code == "wrong_code")
        let opened = await fixture.send(
            .post, path, #"{"token":"\#(owner.token)","code":"\#(owner.code)"}"#)
        #expect(opened.status == 200 && opened.text("access_token") != nil)
    }
}
