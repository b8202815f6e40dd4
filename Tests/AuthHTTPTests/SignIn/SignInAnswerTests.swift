// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Answers to sign-ins") struct SignInAnswerTests {
    /// A user in each state that must not be told apart; all have the same password, but for one who has none.
    static let states = ["known", "disabled", "banned", "unverified", "passwordless", "throttled"]

    /// A service that asks for proven addresses.
    func fixture() async throws -> APIFixture {
        let fixture = try await APIFixture(
            settings: AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true))
        let clock = fixture.authority.clock
        let hash = try await fixture.authority.hasher.hash(Password(TestAuthority.password))
        let stored = StoredPasswordHash(text: hash.encoded, cost: hash.cost.label)
        for (number, state) in Self.states.enumerated() {
            var user = User(
                id: UserID(UUIDv7(high: 1, low: UInt64(number))), username: try Username(state),
                email: try EmailAddress("\(state)@example.test"), fullName: nil, createdAt: clock.now)
            user.emailVerifiedAt = state == "unverified" ? nil : clock.now
            user.isActive = state != "disabled"
            user.bannedUntil = state == "banned" ? clock.now + .seconds(86_400) : nil
            _ = try await fixture.authority.store.createUser(
                user, passwordHash: state == "passwordless" ? nil : stored, action: .userCreated,
                context: OperationContext(now: clock.now))
        }
        for _ in 0..<5 { _ = await login(fixture, "throttled", "not the password") }
        return fixture
    }

    func login(
        _ fixture: APIFixture, _ name: String, _ password: String = TestAuthority.password
    ) async -> Seen {
        await fixture.send(
            .post, "/auth/login", #"{"username":"\#(name)","password":"\#(password)"}"#,
            fields: ["X-Request-ID": "same"])
    }

    func form(_ fixture: APIFixture, _ name: String, _ password: String) async -> Seen {
        await fixture.api.send(
            .post, "/auth/token", type: "application/x-www-form-urlencoded",
            body: "username=\(name)&password=\(password.replacing(" ", with: "+"))", fields: ["X-Request-ID": "same"])
    }

    // Behaviour C35, H123
    // ASVS 6.3.8
    @Test(
        "no user enumeration: unknown, wrong, disabled, banned, unverified, throttled and without a password get one answer, byte for byte"
    )
    func oneAnswer() async throws {
        let fixture = try await fixture()
        let unknown = await login(fixture, "nobody")
        #expect(unknown.status == 401 && unknown.code == "invalid_credentials")
        #expect(unknown["set-cookie"] == nil && unknown["retry-after"] == nil)
        #expect(unknown.json?.names == ["type", "title", "status", "detail", "code", "instance"])

        for state in Self.states {
            #expect(await login(fixture, state, "not the password").whole == unknown.whole, "\(state)")
            #expect(await form(fixture, state, "not the password").whole == unknown.whole, "\(state) by form")
        }
        // The right password changes nothing where the user may not come in, or has to wait.
        for state in ["disabled", "banned", "passwordless", "throttled"] {
            #expect(await login(fixture, state).whole == unknown.whole, "\(state) with the password")
            #expect(await form(fixture, state, TestAuthority.password).whole == unknown.whole, "\(state) by form")
        }
        #expect(await login(fixture, "known").status == 200)
        fixture.authority.clock.advance(by: .seconds(900))
        #expect(await login(fixture, "throttled").status == 200)
    }

    // Behaviour C37, A17
    @Test("no answer reveals a disabled user, and an unverified address is revealed only with the right password")
    func toldAfterPassword() async throws {
        let fixture = try await fixture()
        // Minutes of their own, in which each refusal is an event of its own.
        fixture.authority.clock.advance(by: .seconds(60))
        let unknown = await login(fixture, "nobody")

        for state in ["disabled", "banned"] {
            #expect(await login(fixture, state, "not the password").whole == unknown.whole)
            #expect(await login(fixture, state).whole == unknown.whole)
        }
        fixture.authority.clock.advance(by: .seconds(60))
        #expect(await login(fixture, "unverified", "not the password").whole == unknown.whole)
        #expect(await login(fixture, "unverified").code == "email_not_verified")
        // The right password of an unverified user also has the address verified by a mail.
        let events = try await fixture.authority.store.auditEvents(before: nil, limit: 20).map(\.event)
        #expect(
            events.filter { $0.action == .signIn }.prefix(6).map(\.refusal).reversed()
                == [
                    "wrong_password", "user_disabled", "wrong_password", "user_disabled", "wrong_password",
                    "email_not_verified",
                ])
    }

    // Behaviour C38
    @Test("a deactivated user is rejected at every route at once, administrators too")
    func deactivated() async throws {
        let fixture = try await APIFixture()
        let other = try await fixture.token("other", role: .admin)
        for (name, role) in [("ada", Role.user), ("root", .admin)] {
            let pair = try await fixture.authority.signIn(as: name, role: role)
            let id = try await fixture.id(of: name)
            #expect(await fixture.send(.get, "/auth/me", token: pair.accessToken).status == 200)

            #expect(await fixture.send(.patch, "/users/\(id)", #"{"is_active":false}"#, token: other).status == 200)

            #expect(await login(fixture, name).code == "invalid_credentials")
            #expect(
                await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#).code
                    == "invalid_refresh_token")
            for endpoint in APITable.endpoints(fixture) where endpoint.access != .anyone {
                let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
                let seen = await fixture.send(method, APITable.target(of: endpoint), token: pair.accessToken)
                // The probes exist in development alone.
                #expect(
                    seen.code == "invalid_token" || endpoint.tag == .probes && [404, 405].contains(seen.status),
                    "\(endpoint.operationID)")
            }
        }
    }

    // Behaviour C39
    @Test("a reset can be requested while sign-ins are throttled, and in every other state")
    func resetWhileThrottled() async throws {
        let fixture = try await fixture()
        func ask(_ name: String) async -> Seen {
            await fixture.send(
                .post, "/auth/password/reset/request", #"{"email":"\#(name)@example.test"}"#,
                fields: ["X-Request-ID": "same"])
        }
        let unknown = await ask("nobody")
        #expect(unknown.status == 200)

        for state in Self.states { #expect(await ask(state).whole == unknown.whole, "\(state)") }
        await fixture.service.completeDeferredWork()

        let mailed = fixture.authority.mailer.sent.map(\.recipient.canonical).sorted()
        #expect(mailed == ["known", "passwordless", "throttled", "unverified"].map { "\($0)@example.test" })
        // The way out of the delays for the owner, from the same source.
        let message = fixture.authority.mailer.messages(to: try EmailAddress("throttled@example.test")).last
        let token = try #require(message?.token)
        let confirmation = #"{"token":"\#(token)","new_password":"another good one"}"#
        #expect(await fixture.send(.post, "/auth/password/reset/confirm", confirmation).status == 200)
    }
}

@Suite("Answers with tokens") struct TokenAnswerTests {
    // Behaviour C41
    @Test("no answer with a token may be stored, whatever the route")
    func everyRoute() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.signsInByMail = true
        settings.returnTargets = try ReturnTargets(["http://localhost:8000"])
        let clock = ManualClock()
        let provider = try MockProviderTransport(clock: clock)
        let fixture = try await APIFixture(settings: settings, clock: clock, provider: provider) {
            $0.isDevelopment = true
            $0.publicURL = "http://localhost:8000"
        }
        let password = TestAuthority.password
        let cookies = ["X-Auth-Mode": "cookie", "Origin": "http://localhost:8000", "Host": "localhost:8000"]
        func send(_ path: String, _ json: String, token: String? = nil, fields: [String: String] = [:]) async -> Seen {
            await fixture.send(
                .post, path, json, token: token, peer: "127.0.0.1",
                fields: fields.merging(["Host": "localhost:8000"]) { given, _ in given })
        }
        let pair = try await fixture.authority.signIn(as: "ada")
        let login = #"{"username":"ada","password":"\#(password)"}"#
        let form = "username=ada&password=\(password.replacing(" ", with: "+"))"
        var answers: [(operation: String, seen: Seen)] = []

        answers.append(("login", await send("/auth/login", login)))
        answers.append(
            ("login", await send("/auth/login", #"{"username":"ada","password":"\#(password)","device_token":""}"#)))
        let inCookies = await send("/auth/login", login, fields: cookies)
        answers.append(("login", inCookies))
        let forms = [("loginForm", "/auth/login/form"), ("token", "/auth/token"), ("tokenAlias", "/token")]
        for (operation, path) in forms {
            answers.append((operation, await fixture.submit(path, form)))
        }
        answers.append(("refresh", await send("/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)))
        let jar = inCookies.setCookies.map { $0.prefix { $0 != ";" } }.joined(separator: "; ")
        answers.append(
            ("refresh", await send("/auth/refresh", "", fields: cookies.merging(["Cookie": jar]) { $1 })))
        let verification = await send("/auth/email/verification/request", "{}", token: pair.accessToken)
        answers.append(("requestEmailVerification", verification))
        answers.append(
            ("requestPasswordReset", await send("/auth/password/reset/request", #"{"email":"ada@example.test"}"#)))
        let proof = await send("/auth/reauthenticate", #"{"password":"\#(password)"}"#, token: pair.accessToken)
        answers.append(("reauthenticate", proof))
        answers.append(
            (
                "changePassword",
                await send(
                    "/auth/password/change", #"{"current_password":"\#(password)","new_password":"another good one"}"#,
                    token: pair.accessToken)
            ))
        // It ends every session, as the address is proven for the first time.
        let flow = await send("/auth/login/mail/request", #"{"email":"ada@example.test"}"#)
        await fixture.service.completeDeferredWork()
        let mails = fixture.authority.mailer.messages(to: try EmailAddress("ada@example.test"))
        let code = try #require(mails.last { $0.template.action == .signIn }?.code?.text.revealed)
        let byMail = #"{"handle":"\#(try #require(flow.text("handle")))","code":"\#(code)"}"#
        let mailed = await send("/auth/login/mail/confirm", byMail)
        answers.append(("confirmMailSignIn", mailed))
        // The password was never shown with a proof of the mailbox, so that there is none now.
        let first = await send(
            "/auth/password/set", #"{"new_password":"a way in of its own"}"#, token: mailed.text("access_token"))
        answers.append(("setPassword", first))

        let grace = MockProviderTransport.Person("grace", email: "grace@example.test")
        let nonce = try #require(await send("/auth/providers/corp/nonce", "{}").text("nonce"))
        let idToken = try provider.idToken(nonce: nonce, as: grace)
        let byIDToken = await send("/auth/providers/corp/token", #"{"id_token":"\#(idToken)","nonce":"\#(nonce)"}"#)
        answers.append(("signInWithIDToken", byIDToken))
        // Of another address: the sign-ins before have used up the limit of the first one.
        func visit(_ path: String, cookie: String = "") async -> Seen {
            await fixture.send(
                .get, path, peer: "127.0.0.2", fields: ["Host": "localhost:8000", "Cookie": cookie])
        }
        let departed = await visit("/auth/providers/corp/start?code_challenge=\(ProviderFixture.challenge)")
        let location = try #require(departed["location"])
        let cookie = departed.allCookies.map { $0.prefix { $0 != ";" } }.joined(separator: "; ")
        let back = await visit(
            "/auth/providers/corp/callback?\(try provider.query(for: location, as: grace))", cookie: cookie)
        let match = back["location"]?.firstMatch(of: #/code=([^&]+)/#)
        let exchanged = try #require(match, "\(back.status) \(back.text)").output.1
        let byCode = #"{"code":"\#(exchanged)","code_verifier":"\#(ProviderFixture.verifier)"}"#
        answers.append(("exchangeProviderCode", await send("/auth/providers/exchange", byCode)))

        for (operation, seen) in answers {
            #expect(seen.status == 200, "\(operation): \(seen.text)")
            #expect(seen.holdsToken, "\(operation)")
            #expect(seen["cache-control"] == "no-store", "\(operation)")
        }
        // Nothing else in the table hands tokens out, as the description says.
        let giving = APITable.endpoints(fixture).filter { APITable.givesTokens($0) }.map(\.operationID)
        #expect(Set(giving).isSubset(of: Set(answers.map(\.operation))))
        #expect(giving.count == 11)
    }

    // Behaviour C41
    @Test("only public documents may be stored, and they have no token")
    func everythingElse() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let admin = try await fixture.token("root", role: .admin)
        var kept: Set<String> = []

        for endpoint in APITable.endpoints(fixture) {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let target = APITable.target(of: endpoint)
            for token in endpoint.access == .anyone ? [nil] : [nil, admin] {
                let seen = await fixture.send(method, target, token: token)
                guard seen["cache-control"] != "no-store" else { continue }
                #expect(!seen.holdsToken, "\(endpoint.operationID)")
                kept.insert(endpoint.operationID)
            }
        }

        #expect(
            kept == [
                "jwks", "describeProblem", "openapi", "swagger", "redoc", "swaggerStart", "overview", "favicon",
            ])
    }
}

extension APITable {
    /// Whether an endpoint answers with the tokens of a session, in the body or in cookies.
    static func givesTokens(_ endpoint: Endpoint) -> Bool {
        endpoint.replies.contains { reply in
            guard let content = reply.content else { return false }
            return mentions("refresh_token", content.schema.value) || mentions("cookie", content.schema.value)
        }
    }

    /// Whether a schema, or one that it refers to, has a property or a choice of this name.
    private static func mentions(_ name: String, _ schema: JSONValue) -> Bool {
        if schema.stringValue == name { return true }
        if let list = schema.arrayValue { return list.contains { mentions(name, $0) } }
        guard let object = schema.objectValue else { return false }
        if let reference = object["$ref"]?.stringValue,
            let component = EndpointTable(describing: HTTPConfiguration()).schemas.first(where: {
                reference.hasSuffix("/\($0.name)")
            })
        {
            return mentions(name, component.schema.value)
        }
        return object.names.contains { member in
            member == name || object[member].map { mentions(name, $0) } == true
        }
    }
}
