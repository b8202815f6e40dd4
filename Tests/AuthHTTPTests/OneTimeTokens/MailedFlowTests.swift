// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// A mail as its reader has it.
struct ReadMail {
    let token: String
    let code: String

    /// The last mail to an address.
    init(to address: String, _ fixture: APIFixture) async throws {
        await fixture.service.completeDeferredWork()
        let message = try #require(
            fixture.authority.mailer.messages(to: EmailAddress(address)).last { $0.oneTimeToken != nil })
        token = try #require(message.token)
        code = try #require(message.code?.text.revealed)
    }
}

@Suite("Mailed actions over HTTP") struct MailedFlowTests {
    static let address = "ada@example.test"
    static let password = "another good one"

    static func fixture(
        signsInByMail: Bool = true, configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws -> APIFixture {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.signsInByMail = signsInByMail
        let fixture = try await APIFixture(settings: settings, configure: configure)
        _ = try await fixture.token("ada")
        return fixture
    }

    private static let body = #"{"email":"\#(address)"}"#

    private static func begin(_ path: String, _ fixture: APIFixture, email: String = address) async throws -> String {
        let begun = await fixture.send(.post, path, #"{"email":"\#(email)"}"#)
        #expect(begun.status == 200 && begun.json?["success"] == true)
        return try #require(begun.text("handle"))
    }

    // MARK: Handles and codes

    // Behaviour A18, F79
    @Test(
        "every request about an address gives out a handle, and answers the same for an unknown one",
        arguments: [
            "/auth/password/reset/request", "/auth/email/verification/resend", "/auth/login/mail/request",
            "/auth/unlock/request",
        ])
    func begins(path: String) async throws {
        let fixture = try await Self.fixture()
        let same = ["X-Request-ID": "same"]

        let known = await fixture.send(.post, path, Self.body, fields: same)
        let unknown = await fixture.send(.post, path, #"{"email":"nobody@example.test"}"#, fields: same)

        #expect(known.status == 200)
        #expect(try #require(known.text("handle")).hasPrefix("afh_"))
        #expect(known.text("handle") != unknown.text("handle"))
        #expect(known.whole == unknown.whole)
        #expect(known["cache-control"] == "no-store")
    }

    @Test("a password is reset with the handle and the code, however the code is typed")
    func resetByCode() async throws {
        let fixture = try await Self.fixture()
        let handle = try await Self.begin("/auth/password/reset/request", fixture)
        let code = try await ReadMail(to: Self.address, fixture).code
        let typed = " " + code.lowercased().replacing("-", with: " ")

        let reset = await fixture.send(
            .post, "/auth/password/reset/confirm",
            #"{"handle":"\#(handle)","code":"\#(typed)","new_password":"\#(Self.password)"}"#)

        #expect(reset.text("message") == "Password reset successful")
        let login = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"\#(Self.password)"}"#)
        #expect(login.status == 200)
    }

    @Test("a wrong code tells how many tries are left, the same where no user has the address, and leaves the link")
    func wrongCode() async throws {
        let fixture = try await Self.fixture()
        let same = ["X-Request-ID": "same"]
        let known = try await Self.begin("/auth/password/reset/request", fixture)
        let mail = try await ReadMail(to: Self.address, fixture)
        let unknown = try await Self.begin("/auth/password/reset/request", fixture, email: "nobody@example.test")
        await fixture.service.completeDeferredWork()
        func confirm(_ handle: String, _ code: String) async -> Seen {
            await fixture.send(
                .post, "/auth/password/reset/confirm",
                #"{"handle":"\#(handle)","code":"\#(code)","new_password":"\#(Self.password)"}"#, fields: same)
        }
        let wrong = mail.code == "2222-2222" ? "3333-3333" : "2222-2222"

        for left in (0..<5).reversed() {
            let refused = await confirm(known, wrong)
            #expect(refused.status == 400 && refused.code == "wrong_code")
            #expect(refused.json?["tries_left"]?.int64Value == Int64(left))
            #expect(await confirm(unknown, wrong).whole == refused.whole)
        }
        #expect(await confirm(known, mail.code).code == "wrong_code")
        let byLink = await fixture.send(
            .post, "/auth/password/reset/confirm",
            #"{"token":"\#(mail.token)","new_password":"\#(Self.password)"}"#)
        #expect(byLink.status == 200)
    }

    @Test(
        "a body without a proof, or with half of one, is told the missing field",
        arguments: [
            ("/auth/password/reset/confirm", #"{"new_password":"another good one"}"#, "token"),
            ("/auth/password/reset/confirm", #"{"handle":"afh_x","new_password":"another good one"}"#, "code"),
            ("/auth/email/verification/confirm", "{}", "token"),
            ("/auth/login/mail/confirm", #"{"token":"aot_x"}"#, "code"),
            ("/auth/unlock/confirm", #"{"token":"aot_x"}"#, "code"),
            ("/auth/unlock/confirm", #"{"code":"K7QF-2MXD"}"#, "token"),
            ("/auth/flows/status", "{}", "handle"),
        ])
    func missing(path: String, body: String, field: String) async throws {
        let fixture = try await Self.fixture()
        let refused = await fixture.send(.post, path, body)
        #expect(refused.code == "validation_failed" && refused.wrongFields == [field])
    }

    @Test("the client that began a flow learns that it has ended, and nothing else")
    func status() async throws {
        let fixture = try await Self.fixture()
        let handle = try await Self.begin("/auth/password/reset/request", fixture)
        func ended(_ handle: String) async -> JSONValue? {
            await fixture.send(.post, "/auth/flows/status", #"{"handle":"\#(handle)"}"#).json?["ended"]
        }
        let mail = try await ReadMail(to: Self.address, fixture)

        #expect(await ended(handle) == false)
        #expect(await ended("afh_unknown") == false)
        _ = await fixture.send(
            .post, "/auth/password/reset/confirm",
            #"{"token":"\#(mail.token)","new_password":"\#(Self.password)"}"#)
        #expect(await ended(handle) == true)
    }

    // MARK: Credentials that are bound, kept and voided

    @Test(
        "who registers keeps the password with a link opened elsewhere, and binds it with the code or a password",
        arguments: [("token", "kept"), ("code", "bound"), ("password", "bound")])
    func registration(proof: String, credentials: String) async throws {
        let fixture = try await Self.fixture()
        let registered = await fixture.send(
            .post, "/auth/register", #"{"email":"grace@example.test","password":"a compiler from 1952"}"#)
        let handle = try #require(registered.text("handle"))
        let mail = try await ReadMail(to: "grace@example.test", fixture)
        let body =
            switch proof {
            case "token": #"{"token":"\#(mail.token)"}"#
            case "code": #"{"handle":"\#(handle)","code":"\#(mail.code)"}"#
            default: #"{"token":"\#(mail.token)","password":"a compiler from 1952"}"#
            }

        let verified = await fixture.send(.post, "/auth/email/verification/confirm", body)

        #expect(verified.status == 200 && verified.text("credentials") == credentials, "\(verified.text)")
        let login = await fixture.send(
            .post, "/auth/login", #"{"email":"grace@example.test","password":"a compiler from 1952"}"#)
        #expect(login.status == 200)
    }

    // Behaviour A19
    @Test("a stranger's password is voided when the owner verifies the address, and a live session binds it")
    func voided() async throws {
        for isSignedIn in [false, true] {
            let fixture = try await Self.fixture()
            let login = #"{"email":"grace@example.test","password":"a compiler from 1952"}"#
            _ = await fixture.send(.post, "/auth/register", login)
            let access = await fixture.send(.post, "/auth/login", login).text("access_token")
            _ = try await Self.begin("/auth/email/verification/resend", fixture, email: "grace@example.test")
            let mail = try await ReadMail(to: "grace@example.test", fixture)

            let verified = await fixture.send(
                .post, "/auth/email/verification/confirm", #"{"token":"\#(mail.token)"}"#,
                token: isSignedIn ? access : nil)

            #expect(verified.text("credentials") == (isSignedIn ? "bound" : "voided"))
            let again = await fixture.send(.post, "/auth/login", login)
            #expect(again.status == (isSignedIn ? 200 : 401))
        }
    }

    @Test("a session that is shown must be live")
    func deadSession() async throws {
        let fixture = try await Self.fixture()
        let refused = await fixture.send(
            .post, "/auth/email/verification/confirm", #"{"token":"aot_x"}"#, token: "eyJjunk")
        #expect(refused.code == "invalid_token")
    }

    // MARK: Signing in and unlocking

    @Test("without SIGN_IN_BY_MAIL the routes do not exist")
    func disabled() async throws {
        let fixture = try await Self.fixture(signsInByMail: false)
        #expect(await fixture.send(.post, "/auth/login/mail/request", Self.body).code == "not_found")
        let confirm = #"{"handle":"afh_x","code":"K7QF-2MXD"}"#
        #expect(await fixture.send(.post, "/auth/login/mail/confirm", confirm).code == "not_found")
    }

    @Test(
        "a session opens with handle and code, link and handle, or link and code, and once",
        arguments: [["handle", "code"], ["token", "handle"], ["token", "code"]])
    func signIn(proof: [String]) async throws {
        let fixture = try await Self.fixture()
        let handle = try await Self.begin("/auth/login/mail/request", fixture)
        let mail = try await ReadMail(to: Self.address, fixture)
        let texts = ["handle": handle, "token": mail.token, "code": mail.code]
        var object: JSONObject = ["scope": "me:read", "device_token": ""]
        for name in proof { object[name] = texts[name].map { .string($0) } }
        let body = String(decoding: JSONValue.object(object).serialized, as: UTF8.self)

        let signedIn = await fixture.send(.post, "/auth/login/mail/confirm", body)

        #expect(signedIn.status == 200, "\(signedIn.text)")
        #expect(signedIn.text("scope") == "me:read" && signedIn.text("device_token") != nil)
        #expect(await fixture.send(.get, "/auth/me", token: signedIn.text("access_token")).status == 200)
        #expect(await fixture.send(.post, "/auth/login/mail/confirm", body).status == 400)
    }

    @Test("the handle of another flow opens nothing with the link")
    func foreignHandle() async throws {
        let fixture = try await Self.fixture()
        _ = try await Self.begin("/auth/login/mail/request", fixture)
        let mail = try await ReadMail(to: Self.address, fixture)
        let attacker = try await Self.begin("/auth/login/mail/request", fixture, email: "mallory@example.test")
        await fixture.service.completeDeferredWork()

        let refused = await fixture.send(
            .post, "/auth/login/mail/confirm", #"{"token":"\#(mail.token)","handle":"\#(attacker)"}"#)

        #expect(refused.status == 400 && !refused.holdsToken)
    }

    @Test("an unlock makes the device known, and opens no session")
    func unlock() async throws {
        let fixture = try await Self.fixture()
        let handle = try await Self.begin("/auth/unlock/request", fixture)
        let mail = try await ReadMail(to: Self.address, fixture)

        let unlocked = await fixture.send(
            .post, "/auth/unlock/confirm", #"{"handle":"\#(handle)","code":"\#(mail.code)"}"#)

        let device = try #require(unlocked.text("device_token"))
        #expect(unlocked.status == 200 && device.hasPrefix("adt_") && unlocked.text("access_token") == nil)
        #expect(fixture.service.limits.holder(of: DeviceToken(device)) != nil)
    }

    // MARK: Browsers

    @Test("with X-Auth-Mode: cookie the handle is in a cookie, and the code alone completes in that browser")
    func cookies() async throws {
        let fixture = try await Self.fixture { $0.publicURL = "https://id.example.test" }
        let own = ["X-Auth-Mode": "cookie", "Origin": "https://id.example.test", "Sec-Fetch-Site": "same-origin"]
        let begun = await fixture.send(.post, "/auth/login/mail/request", Self.body, fields: own)
        let cookie = try #require(begun.allCookies.first)
        #expect(begun.text("handle") == nil)
        #expect(cookie.hasPrefix("__Host-authd_flow_sign-in=afh_"))
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] { #expect(cookie.contains(attribute)) }
        let held = String(cookie.prefix { $0 != ";" })
        let mail = try await ReadMail(to: Self.address, fixture)
        let asking = own.merging(["Cookie": held]) { $1 }

        let status = await fixture.send(.post, "/auth/flows/status", #"{"action":"sign-in"}"#, fields: asking)
        #expect(status.json?["ended"] == false)
        let code = #"{"code":"\#(mail.code)"}"#
        // Without the mode, no cookie is read.
        let plain = await fixture.send(.post, "/auth/login/mail/confirm", code, fields: ["Cookie": held])
        #expect(plain.code == "validation_failed")
        let foreign = asking.merging(["Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"]) { $1 }
        #expect(await fixture.send(.post, "/auth/login/mail/confirm", code, fields: foreign).code == "csrf_refused")
        let signedIn = await fixture.send(.post, "/auth/login/mail/confirm", code, fields: asking)

        #expect(signedIn.status == 200 && signedIn.text("access_token") == nil)
        let names = signedIn.allCookies.map { $0.prefix { $0 != "=" } }
        #expect(names.contains("__Host-authd_access") && names.contains("__Host-authd_device"))
        #expect(
            signedIn.allCookies.contains { $0.hasPrefix("__Host-authd_flow_sign-in=;") && $0.contains("Max-Age=0") })
    }

    @Test("a registration in a browser has the handle in a cookie, too")
    func registrationInBrowser() async throws {
        let fixture = try await Self.fixture { $0.publicURL = "https://id.example.test" }
        let own = ["X-Auth-Mode": "cookie", "Origin": "https://id.example.test", "Sec-Fetch-Site": "same-origin"]
        let registered = await fixture.send(
            .post, "/auth/register", #"{"email":"grace@example.test","password":"a compiler from 1952"}"#, fields: own)

        #expect(registered.status == 201 && registered.text("handle") == nil)
        #expect(registered.allCookies.contains { $0.hasPrefix("__Host-authd_flow_verify=afh_") })
    }
}
