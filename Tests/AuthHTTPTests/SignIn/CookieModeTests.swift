// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Sessions in cookies") struct CookieModeTests {
    static let origin = "https://auth.example.test"

    func fixture(
        sessions: SessionPolicy = SessionPolicy(), _ configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws -> APIFixture {
        let settings = AuthSettings(issuer: Self.origin, sessions: sessions)
        let fixture = try await APIFixture(settings: settings) { configuration in
            configuration.publicURL = Self.origin
            configuration.allowedOrigins = ["https://app.example.test"]
            configure(&configuration)
        }
        _ = try await fixture.token("ada")
        return fixture
    }

    // Behaviour D64
    @Test("a browser gets HttpOnly, Secure, SameSite cookies of this host alone, and no token in the body")
    func cookies() async throws {
        let browser = Browser(try await fixture())

        let seen = await browser.signIn()

        #expect(seen.status == 200)
        #expect(seen.text("token_type") == "cookie")
        #expect(seen.json?["expires_in"]?.int64Value == 1_800)
        #expect(seen.json?["user"]?.objectValue?["username"] == "ada")
        #expect(seen.json?.names.contains { $0.hasSuffix("_token") } == false)
        #expect(!seen.text.contains("art_") && !seen.text.contains("eyJ"))
        let fields = seen.setCookies
        #expect(fields.map { String($0.prefix { $0 != "=" }) } == ["__Host-authd_access", "__Host-authd_refresh"])
        for field in fields {
            let attributes = field.split(separator: ";").dropFirst().map { $0.drop { $0 == " " } }
            for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
                #expect(attributes.contains(attribute[...]), "\(attribute)")
            }
            #expect(!attributes.contains { $0.hasPrefix("Domain") })
        }
        #expect(seen["cache-control"] == "no-store")
    }

    @Test("a sign-in without cookie mode sets no cookie that authenticates a request")
    func withoutCookieMode() async throws {
        let fixture = try await fixture()
        let browser = Browser(fixture)

        let seen = await browser.send(.post, "/auth/login", Browser.credentials)

        let token = try #require(seen.text("access_token"))
        #expect(browser.jar.isEmpty)
        let device = try #require(seen["set-cookie"]?.split(separator: ";").first)
        #expect(device.hasPrefix("__Host-authd_device="))
        var fields = browser.source
        fields["Cookie"] = String(device)
        for path in ["/auth/me", "/auth/sessions", "/auth/verify"] {
            #expect(await fixture.send(.get, path, fields: fields).status == 401, "\(path)")
        }
        #expect(await fixture.send(.post, "/auth/refresh", "{}", fields: fields).status != 200)
        #expect(await fixture.send(.get, "/auth/me", token: token, fields: fields).status == 200)
    }

    @Test("the cookies authenticate like the token, from memory and in tasks, and are renewed, rotated and cleared")
    func journey() async throws {
        let fixture = try await fixture()
        let browser = Browser(fixture)
        await browser.signIn()

        #expect(await browser.send(.get, "/auth/me").text("username") == "ada")
        let verified = await browser.send(.get, "/auth/verify")
        #expect(verified.status == 204 && verified.stage == .now)
        #expect(await browser.send(.patch, "/users/me", #"{"full_name":"Ada"}"#).text("full_name") == "Ada")

        let first = browser.jar
        let refreshed = await browser.send(.post, "/auth/refresh", mode: "cookie")
        #expect(refreshed.status == 200 && refreshed.text("refresh_token") == nil)
        #expect(browser.jar["__Host-authd_refresh"] != first["__Host-authd_refresh"])
        #expect(browser.jar["__Host-authd_access"] != first["__Host-authd_access"])

        let change = #"{"current_password":"\#(TestAuthority.password)","new_password":"another good one"}"#
        let changed = await browser.send(.post, "/auth/password/change", change)
        #expect(changed.status == 200 && changed.text("access_token") == nil)
        #expect(await browser.send(.get, "/auth/me").status == 200)

        #expect(await browser.send(.post, "/auth/logout?sessions=others").setCookies.isEmpty)
        let last = browser.jar
        #expect(await browser.send(.post, "/auth/logout").status == 200)
        #expect(browser.jar.isEmpty)
        browser.jar = last
        #expect(await browser.send(.get, "/auth/me").code == "invalid_token")
        #expect(await browser.send(.post, "/auth/refresh", mode: "cookie").code == "invalid_refresh_token")
    }

    struct Source: CustomTestStringConvertible, Sendable {
        var origin: String?
        var site: String?
        let isAllowed: Bool

        init(_ origin: String?, _ site: String?, _ isAllowed: Bool) {
            self.origin = origin
            self.site = site
            self.isAllowed = isAllowed
        }

        var testDescription: String { "\(origin ?? "no origin"), \(site ?? "no site")" }
        var fields: [String: String] {
            var fields: [String: String] = [:]
            fields["Origin"] = origin
            fields["Sec-Fetch-Site"] = site
            return fields
        }
    }

    static let sources = [
        Source(origin, nil, true), Source(origin, "same-origin", true), Source(nil, "same-origin", true),
        Source("https://app.example.test", "same-site", true), Source("https://app.example.test", nil, true),
        Source(nil, nil, false), Source("https://evil.test", nil, false), Source("null", nil, false),
        Source("https://evil.test", "same-origin", false), Source("https://evil.example.test", "same-site", false),
        Source(nil, "same-site", false), Source(origin, "cross-site", false), Source(origin, "none", false),
        Source("https://app.example.test", "cross-site", false), Source("http://auth.example.test", nil, false),
        Source("https://auth.example.test:8443", nil, false), Source("https://auth.example.test.evil.test", nil, false),
        Source("HTTPS://AUTH.EXAMPLE.TEST", nil, false), Source("*", nil, false),
    ]

    // Behaviour D65
    @Test(
        "CSRF: a request that cookies authorize needs an allowed origin, signing in and refreshing too; reading does not",
        arguments: sources)
    func forgery(_ source: Source) async throws {
        let fixture = try await fixture()
        let browser = Browser(fixture)
        await browser.signIn()
        let code = source.isAllowed ? nil : "csrf_refused"

        func send(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, mode: String? = nil) async
            -> Seen
        {
            let copy = Browser(fixture)
            copy.jar = browser.jar
            return await copy.send(method, path, json, mode: mode, from: source.fields)
        }
        #expect(await send(.post, "/auth/login", Browser.credentials, mode: "cookie").code == code)
        await browser.signIn()
        #expect(await send(.patch, "/users/me", "{}").code == code)
        #expect(await send(.post, "/auth/refresh", mode: "cookie").code == code)
        #expect(await send(.get, "/auth/me").status == 200)
        #expect(await send(.head, "/auth/me").status == 200)
        #expect(await send(.post, "/auth/logout").code == code)
        #expect(await send(.get, "/auth/me").status == (source.isAllowed ? 401 : 200))
    }

    @Test("a bearer token together with cookies is rejected; cookies of other names do not matter")
    func ambiguity() async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("bob")
        let browser = Browser(fixture)
        await browser.signIn()
        let cookie = browser.cookieField

        for (method, path) in [(HTTPRequest.Method.get, "/auth/me"), (.post, "/auth/logout")] {
            let both = await fixture.send(method, path, token: token, fields: ["Cookie": cookie])
            #expect(both.status == 400 && both.code == "ambiguous_credentials")
        }
        let login = await fixture.send(
            .post, "/auth/login", Browser.credentials, token: token,
            fields: ["X-Auth-Mode": "cookie", "Origin": Self.origin])
        #expect(login.code == "ambiguous_credentials")
        #expect(await fixture.send(.get, "/auth/me", token: token, fields: ["Cookie": "theme=dark"]).status == 200)
        #expect(await fixture.send(.get, "/auth/me", fields: ["Cookie": "theme=dark"]).code == "unauthenticated")
        #expect(
            await fixture.send(.get, "/auth/me", fields: ["Cookie": "__Host-authd_access=x"]).code == "invalid_token")
        #expect(
            await fixture.send(.get, "/auth/me", fields: ["Cookie": cookie.replacing("__Host-", with: "")]).code
                == "unauthenticated")
        let unknown = await fixture.send(.post, "/auth/login", Browser.credentials, fields: ["X-Auth-Mode": "Cookie"])
        #expect(unknown.code == "malformed_request")
    }

    @Test("a cookie does not accept another kind of token")
    func confusion() async throws {
        let browser = Browser(try await fixture())
        await browser.signIn()
        let jar = browser.jar
        browser.jar = [
            "__Host-authd_access": jar["__Host-authd_refresh"] ?? "",
            "__Host-authd_refresh": jar["__Host-authd_access"] ?? "",
        ]

        #expect(await browser.send(.get, "/auth/me").code == "invalid_token")
        #expect(await browser.send(.post, "/auth/refresh", mode: "cookie").code == "invalid_refresh_token")
        browser.jar = [:]
        #expect(await browser.send(.post, "/auth/refresh", mode: "cookie").code == "invalid_refresh_token")
    }

    // ASVS 7.2.4
    // Behaviour C40
    @Test("session fixation: a successful sign-in revokes the browser's previous session; a failed one does not")
    func fixation() async throws {
        let fixture = try await fixture()
        let elsewhere = try await fixture.token("ada")
        let browser = Browser(fixture)
        await browser.signIn()
        let old = browser.jar
        #expect(await browser.signIn(#"{"username":"ada","password":"a wrong guess"}"#).status == 401)
        #expect(await browser.send(.get, "/auth/me").status == 200)

        #expect(await browser.signIn().status == 200)
        #expect(await browser.send(.get, "/auth/me").status == 200)
        let left = Browser(fixture)
        left.jar = old
        #expect(await left.send(.get, "/auth/me").code == "invalid_token")
        #expect(await left.send(.post, "/auth/refresh", mode: "cookie").code == "invalid_refresh_token")
        #expect(await fixture.send(.get, "/auth/me", token: elsewhere).status == 200)

        _ = try await fixture.token("bob")
        let ada = browser.jar
        #expect(await browser.signIn(Browser.credentials.replacing("ada", with: "bob")).status == 200)
        left.jar = ada
        #expect(await left.send(.get, "/auth/me").code == "invalid_token")
    }

    // Behaviour D66
    @Test("remembering gives cookies that last as long as the tokens, and not remembering until the browser is closed")
    func remembering() async throws {
        let fixture = try await fixture(
            sessions: SessionPolicy(refreshTokenLifetime: .seconds(1_000), absoluteLifetime: .seconds(2_500)))
        let browser = Browser(fixture)
        func ages(_ seen: Seen) -> [Int?] {
            seen.setCookies.map { field in
                field.split(separator: ";").compactMap { $0.split(separator: "=").last.flatMap { Int($0) } }.first
            }
        }

        #expect(ages(await browser.signIn()) == [1_800, 1_000])
        for _ in 0..<2 {
            fixture.authority.clock.advance(by: .seconds(900))
            #expect(ages(await browser.send(.post, "/auth/refresh", mode: "cookie")).count == 2)
        }
        // The session ends 2,500 seconds after it was opened, and so does what is remembered of it.
        #expect(ages(await browser.send(.post, "/auth/refresh", mode: "cookie")) == [700, 700])

        let brief = Browser(fixture)
        #expect(ages(await brief.signIn(Browser.brief)) == [nil, nil])
        #expect(ages(await brief.send(.post, "/auth/refresh", mode: "cookie")) == [nil, nil])
        #expect(ages(await brief.send(.post, "/auth/refresh", mode: "cookie")) == [nil, nil])
        let change = #"{"current_password":"\#(TestAuthority.password)","new_password":"another good one"}"#
        #expect(ages(await brief.send(.post, "/auth/password/change", change)) == [nil, nil])
        #expect(ages(await brief.send(.post, "/auth/logout")) == [0, 0])
        #expect(
            await brief.signIn(#"{"username":"ada","password":"x","remember_me":"no"}"#).wrongFields == ["remember_me"])
    }

    // ASVS 7.4.3
    // Behaviour D66, F83
    @Test("both kinds of cookies end with a password reset")
    func reset() async throws {
        let fixture = try await fixture()
        let browsers = [Browser(fixture), Browser(fixture)]
        await browsers[0].signIn()
        await browsers[1].signIn(Browser.brief)
        let token = try #require(
            await fixture.service.passwords.requestResetRevealing(
                of: EmailAddress("ada@example.test"), from: ClientContext()
            ).token)

        try await fixture.service.passwords.confirmReset(
            ActionProof(token: token.revealed), newPassword: Password("another good one"), from: ClientContext())

        for browser in browsers {
            #expect(await browser.send(.get, "/auth/me").code == "invalid_token")
            #expect(await browser.send(.post, "/auth/refresh", mode: "cookie").code == "invalid_refresh_token")
        }
    }

    @Test(
        "over plain HTTP only clients on this host get cookies, without the prefix",
        arguments: [nil, "http://localhost:8000"])
    func plainHTTP(publicURL: String?) async throws {
        let fixture = try await fixture { configuration in
            configuration.publicURL = publicURL
            configuration.allowedOrigins = []
        }
        func browser(_ peer: String, _ host: String, _ more: [String: String] = [:]) -> Browser {
            let browser = Browser(fixture, peer: peer)
            browser.source = ["Host": host, "Origin": "http://\(host)"].merging(more) { $1 }
            return browser
        }

        let local = browser("127.0.0.1", "localhost:8000")
        let seen = await local.signIn()
        #expect(seen.status == 200)
        #expect(local.jar.keys.sorted() == ["authd_access", "authd_refresh"])
        #expect(!seen.setCookies.contains { $0.contains("Secure") })
        #expect(await local.send(.patch, "/users/me", "{}").status == 200)

        let remote = browser("192.0.2.1", "localhost:8000")
        #expect(await remote.signIn().code == "cookie_mode_unavailable")
        remote.jar = local.jar
        #expect(await remote.send(.get, "/auth/me").code == "unauthenticated")
        let forwarded = browser("127.0.0.1", "localhost:8000", ["X-Forwarded-Proto": "https"])
        #expect(await forwarded.signIn().code == "cookie_mode_unavailable")
        // A page whose name was made to lead to this machine.
        #expect(await browser("127.0.0.1", "evil.test:8000").signIn().code == "csrf_refused")
    }

    @Test("the form routes set no cookie, whatever is asked")
    func forms() async throws {
        let fixture = try await fixture()
        let seen = await fixture.api.send(
            .post, "/auth/token", type: "application/x-www-form-urlencoded",
            body: "username=ada&password=correct+horse+battery",
            fields: ["X-Auth-Mode": "cookie", "Origin": Self.origin])

        #expect(seen.status == 200 && seen.setCookies.isEmpty)
    }

    @Test("the list of sessions marks the one of the cookies as current")
    func current() async throws {
        let fixture = try await fixture()
        let browser = Browser(fixture)
        await browser.signIn()

        let list = await browser.send(.get, "/auth/sessions")

        let sessions = try #require(try JSONReader.read(list.reply.body).arrayValue).compactMap(\.objectValue)
        #expect(sessions.map { $0["current"] == true }.count { $0 } == 1 && sessions.count == 2)
    }
}

/// A client that keeps cookies, and says where its pages come from.
final class Browser {
    static let credentials = #"{"username":"ada","password":"\#(TestAuthority.password)"}"#
    static let brief = #"{"username":"ada","password":"\#(TestAuthority.password)","remember_me":false}"#

    private let fixture: APIFixture
    private let peer: String
    var jar: [String: String] = [:]
    var source = ["Origin": CookieModeTests.origin, "Sec-Fetch-Site": "same-origin"]

    init(_ fixture: APIFixture, peer: String = "192.0.2.1") {
        self.fixture = fixture
        self.peer = peer
    }

    var cookieField: String {
        jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }

    @discardableResult
    func signIn(_ credentials: String = credentials) async -> Seen {
        await send(.post, "/auth/login", credentials, mode: "cookie")
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, mode: String? = nil,
        from other: [String: String]? = nil
    ) async -> Seen {
        var fields = other ?? source
        fields["X-Auth-Mode"] = mode
        if !jar.isEmpty { fields["Cookie"] = cookieField }
        let seen = await fixture.send(method, path, json, peer: peer, fields: fields)
        for field in seen.setCookies {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            jar[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
        }
        return seen
    }
}

extension Seen {
    /// The values of `Set-Cookie` that concern a session; they cannot be joined.
    var setCookies: [String] {
        allCookies.filter { $0.contains("authd_access=") || $0.contains("authd_refresh=") }
    }

    /// The cookies of any kind.
    var allCookies: [String] {
        reply.httpResponse.headerFields.filter { $0.name.canonicalName == "set-cookie" }.map(\.value)
    }
}
