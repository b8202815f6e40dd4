// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Routes of identity providers")
struct ProviderEndpointTests {
    private static let cookieName = "__Host-authd_provider_"

    @Test("the list has those that are configured, and none where there are none")
    func list() async throws {
        let seen = await (try await ProviderFixture()).fixture.send(.get, "/auth/providers")
        let items = try #require(seen.json?["items"]?.arrayValue)
        #expect(items == [["name": "corp", "display_name": "Mock corp"]])
        let none = await (try await APIFixture()).send(.get, "/auth/providers")
        #expect(none.status == 200 && none.json?["items"]?.arrayValue?.isEmpty == true)
    }

    @Test("a browser is sent to the provider with a sealed cookie, and nothing is cached or told to the provider")
    func start() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        let seen = await browser.get(ProviderFixture.start)

        #expect(seen.status == 302)
        #expect(seen.fields[.cacheControl] == "no-store")
        let referrer = try #require(HTTPField.Name("referrer-policy"))
        #expect(seen.fields[referrer] == "no-referrer")
        let state = try ProviderFixture.value("state", of: seen)
        let cookie = try #require(seen.fields[values: .setCookie].first)
        #expect(cookie.hasPrefix(Self.cookieName + state.prefix(8) + "="))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"), "\(cookie)")
        #expect(try ProviderFixture.value("redirect_uri", of: seen).contains("id.example.test"))
        #expect(!cookie.contains("app.example.test"))
    }

    @Test("cookie mode: the callback opens a session, clears the flow's cookie and leads to return_to")
    func cookieMode() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        let seen = try await fixture.arrive(browser, "return_to=https%3A%2F%2Fapp.example.test%2Fhome")

        #expect(seen.status == 303 && seen.fields[.location] == "https://app.example.test/home")
        #expect(seen.fields[.cacheControl] == "no-store")
        #expect(!browser.cookieNames.contains { $0.hasPrefix(Self.cookieName) })
        let names = ["__Host-authd_access", "__Host-authd_refresh"]
        #expect(Set(browser.cookieNames).isSuperset(of: names), "\(browser.cookieNames)")
        let me = await browser.page().get("/auth/me")
        #expect(me.status == 200 && me["email"] == "ada@example.test")
        #expect(!(seen.fields[.location] ?? "").contains("eyJ"))
    }

    @Test("a second sign-in in the same browser replaces the session of the first")
    func replacing() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        _ = try await fixture.arrive(browser)
        let first = try #require(await browser.page().get("/auth/sessions").json?.arrayValue)
        _ = try await fixture.arrive(browser)
        let second = try #require(await browser.page().get("/auth/sessions").json?.arrayValue)
        #expect(first.count == 1 && second.count == 1)
        #expect(first.first?.objectValue?["id"] != second.first?.objectValue?["id"])
    }

    @Test("code mode: the code and its verifier open a session once, and a third wrong verifier voids the code")
    func codeMode() async throws {
        let fixture = try await ProviderFixture()
        let query =
            "return_to=com.example.app:/callback&code_challenge=\(ProviderFixture.challenge)&code_challenge_method=S256"
        func code() async throws -> String {
            let seen = try await fixture.arrive(fixture.browser(), query)
            #expect(seen.status == 303 && seen.fields[.location]?.hasPrefix("com.example.app:/callback?") == true)
            #expect(!seen.fields[values: .setCookie].contains { $0.hasPrefix("__Host-authd_access") })
            return try ProviderFixture.value("code", of: seen)
        }
        func exchange(_ code: String, _ verifier: String) async -> Seen {
            await fixture.fixture.send(
                .post, "/auth/providers/exchange", #"{"code":"\#(code)","code_verifier":"\#(verifier)"}"#)
        }
        let first = try await code()
        let done = await exchange(first, ProviderFixture.verifier)
        #expect(done.status == 200 && done.text("token_type") == "bearer", "\(done.text)")
        #expect(done.json?["user"]?.objectValue?["email"] == "ada@example.test")
        #expect(await exchange(first, ProviderFixture.verifier).code == "provider_flow_invalid")

        let second = try await code()
        let wrong = String(ProviderFixture.verifier.dropLast()) + "j"
        for _ in 1...3 { #expect(await exchange(second, wrong).code == "provider_flow_invalid") }
        #expect(await exchange(second, ProviderFixture.verifier).code == "provider_flow_invalid")

        let late = try await code()
        fixture.fixture.authority.clock.advance(by: .seconds(61))
        #expect(await exchange(late, ProviderFixture.verifier).code == "provider_flow_invalid")
    }

    @Test("an exchange in cookie mode sets cookies, and a page of another site gets none")
    func exchangeInCookies() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        let seen = try await fixture.arrive(
            browser, "code_challenge=\(ProviderFixture.challenge)&code_challenge_method=S256")
        let body: JSONValue = [
            "code": .string(try ProviderFixture.value("code", of: seen)),
            "code_verifier": .string(ProviderFixture.verifier),
        ]
        let header = try #require(HTTPField.Name("x-auth-mode"))
        let mode: HTTPFields = [header: "cookie"]
        let foreign = await browser.page(of: "https://evil.example").post(
            "/auth/providers/exchange", json: body, fields: mode)
        #expect(foreign.status == 403 && foreign.problem == "csrf_refused")
        let own = await browser.page().post("/auth/providers/exchange", json: body, fields: mode)
        #expect(own.status == 200 && own["token_type"] == "cookie" && own["access_token"] == nil, "\(own.text)")
        #expect(browser.cookieNames.contains("__Host-authd_access"))
    }

    @Test("a callback in another browser, without its cookie, twice or with another provider's state is refused")
    func binding() async throws {
        let fixture = try await ProviderFixture()
        let victim = fixture.browser()
        let query = try fixture.provider.query(for: try await fixture.depart(fixture.browser()))
        let foreign = await victim.get("\(ProviderFixture.callback)?\(query)")
        #expect(foreign.status == 400 && foreign.problem == "provider_flow_invalid")
        #expect(victim.cookieNames.isEmpty)

        let browser = fixture.browser()
        let own = try fixture.provider.query(for: try await fixture.depart(browser))
        #expect(await browser.get("\(ProviderFixture.callback)?\(own)").status == 303)
        #expect(await browser.get("\(ProviderFixture.callback)?\(own)").problem == "provider_flow_invalid")
        for bad in ["", "?", "?state=", "?code=x", "?state=x&state=y", "?state=%zz", "?state=%0d%0aSet-Cookie"] {
            #expect(await browser.get(ProviderFixture.callback + bad).problem == "provider_flow_invalid", "\(bad)")
        }
    }

    @Test("a wrong return_to is refused at the start, and nothing is redirected there")
    func returnTo() async throws {
        let fixture = try await ProviderFixture()
        for target in [
            "https://evil.example/", "https://app.example.test.evil.example/", "https://app.example.test@evil.example/",
            "//evil.example", "https:evil.example", "javascript:alert(1)", "com.example.app:/callback/more",
            "http://app.example.test/", "https://app.example.test\\@evil.example", "https://app.example.test:444/",
        ] {
            let escaped = MockProviderTransport.escaped(target)
            let seen = await fixture.browser().get("\(ProviderFixture.start)?return_to=\(escaped)")
            #expect(seen.status == 422 && seen.fields[.location] == nil, "\(target): \(seen.status)")
            #expect(seen.fields[.setCookie] == nil, "\(target)")
        }
    }

    @Test("what goes wrong at the provider comes to return_to as a word of the list")
    func errors() async throws {
        let fixture = try await ProviderFixture(registration: .closed)
        let browser = fixture.browser()
        let closed = try await fixture.arrive(browser)
        #expect(closed.status == 303)
        #expect(try ProviderFixture.value("error", of: closed) == "registration_closed")

        let location = try await fixture.depart(browser)
        let declined = try fixture.provider.decline(location)
        let issuer = MockProviderTransport.escaped(fixture.provider.issuer)
        let denied = await browser.get(
            "\(ProviderFixture.callback)?state=\(declined.state)&error=access_denied&iss=\(issuer)")
        #expect(try ProviderFixture.value("error", of: denied) == "access_denied")
        #expect(denied.fields[.location]?.hasPrefix(ProviderFixture.app) == true)

        for (lie, word) in [
            (MockProviderLie.wrongNonce, "invalid_response"), (.noAlgorithm, "invalid_response"),
            (.failing, "provider_error"), (.slow, "provider_unavailable"),
            (.missingIssuerParameter, "invalid_response"),
        ] {
            let location = try await fixture.depart(browser)
            fixture.provider.tell(lie)
            let seen = await browser.get("\(ProviderFixture.callback)?\(try fixture.provider.query(for: location))")
            fixture.provider.tell(nil)
            #expect(try ProviderFixture.value("error", of: seen) == word, "\(lie)")
            #expect(ProviderFlowError(rawValue: word) != nil)
        }
        #expect(!browser.cookieNames.contains { $0.hasPrefix(Self.cookieName) })
    }

    @Test("a provider whose document cannot be had is told to the client that begins")
    func unreachable() async throws {
        let fixture = try await ProviderFixture()
        fixture.provider.tell(.unreachable)
        let seen = await fixture.browser().get(ProviderFixture.start)
        #expect(seen.status == 503 && seen.problem == "provider_unavailable")
        #expect(seen.fields[.retryAfter] != nil && seen.fields[.setCookie] == nil)
    }

    @Test("a form of the provider is parked, and the browser comes again with its cookie")
    func formPost() async throws {
        let fixture = try await ProviderFixture(usesFormPost: true)
        let browser = fixture.browser()
        let form = try fixture.provider.query(for: try await fixture.depart(browser))
        // A form of another site comes without cookies.
        let parked = await fixture.fixture.submit(ProviderFixture.callback, form)
        #expect(parked.status == 303 && parked["set-cookie"] == nil)
        let target = try #require(parked["location"])
        #expect(target.hasPrefix(ProviderFixture.url + ProviderFixture.callback + "?state="))
        let path = String(target.dropFirst(ProviderFixture.url.count))
        #expect(await fixture.browser().get(path).problem == "provider_flow_invalid")
        let seen = await browser.get(path)
        #expect(seen.status == 303 && browser.cookieNames.contains("__Host-authd_access"), "\(seen.text)")
        #expect(
            await fixture.fixture.submit(ProviderFixture.callback, "state=x&code=y").code == "provider_flow_invalid")
        #expect(await fixture.fixture.submit(ProviderFixture.callback, "code=y").code == "provider_flow_invalid")
    }

    @Test("a browser keeps four flows at most: a fifth takes the oldest cookie away")
    func manyFlows() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        let first = try fixture.provider.query(for: try await fixture.depart(browser))
        var last = ""
        for _ in 1...4 { last = try fixture.provider.query(for: try await fixture.depart(browser)) }
        #expect(browser.cookieNames.count { $0.hasPrefix(Self.cookieName) } == 4)
        #expect(await browser.get("\(ProviderFixture.callback)?\(first)").problem == "provider_flow_invalid")
        #expect(await browser.get("\(ProviderFixture.callback)?\(last)").status == 303)
    }

    @Test("HEAD uses nothing up, and says so")
    func head() async throws {
        let fixture = try await ProviderFixture()
        let browser = fixture.browser()
        let query = try fixture.provider.query(for: try await fixture.depart(browser))
        let callback = await browser.send(.head, "\(ProviderFixture.callback)?\(query)")
        #expect(callback.status == 405 && callback.fields[.allow] == "GET, POST, OPTIONS")
        let start = await browser.send(.head, ProviderFixture.start)
        #expect(start.status == 405 && start.fields[.setCookie] == nil)
        #expect(await browser.get("\(ProviderFixture.callback)?\(query)").status == 303)
    }

    @Test("over plain HTTP there is a flow on this machine alone")
    func plainHTTP() async throws {
        let fixture = try await ProviderFixture { $0.publicURL = nil }
        let remote = await fixture.fixture.send(.get, ProviderFixture.start, fields: ["Host": "localhost:8000"])
        #expect(remote.code == "cookie_mode_unavailable")
        let local = await fixture.fixture.send(
            .get, ProviderFixture.start, peer: "127.0.0.1", fields: ["Host": "localhost:8123"])
        #expect(local.status == 302)
        #expect(local["set-cookie"]?.hasPrefix("authd_provider_") == true)
        #expect(local["location"]?.contains("localhost%3A8123") == true)
        let rebound = await fixture.fixture.send(
            .get, ProviderFixture.start, peer: "127.0.0.1", fields: ["Host": "evil.example"])
        #expect(rebound["location"]?.contains("evil") != true)
    }

    @Test("a start is refused for what it does not know, and for a provider that is not configured")
    func queries() async throws {
        let fixture = try await ProviderFixture()
        func code(_ query: String) async -> String? {
            await fixture.fixture.send(.get, ProviderFixture.start + "?" + query).code
        }
        #expect(await code("colour=blue") == "invalid_query")
        #expect(
            await code("code_challenge=\(ProviderFixture.challenge)&code_challenge_method=plain") == "invalid_query")
        #expect(await code("scope=%22") == "invalid_scope")
        #expect(await code("remember_me=maybe") == "invalid_query")
        for method in [HTTPRequest.Method.get, .head] {
            #expect(await fixture.fixture.send(method, "/auth/providers/other/start").status == 404)
        }
        #expect(await fixture.fixture.send(.post, "/auth/providers/other/nonce").code == "not_found")
        #expect(await fixture.fixture.send(.post, "/auth/providers/UPPER/nonce").code == "not_found")
    }
}
