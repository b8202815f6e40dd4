// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Logging
import Testing

@testable import AuthHTTP

@Suite("Operations") struct OperationsTests {
    @Test("a proxy learns the caller and the caller's authority")
    func forwardAuth() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")

        _ = await fixture.send(.get, "/auth/me", token: token)

        let granted = await fixture.send(.get, "/auth/verify?scope=items:read&role=user", token: token)
        #expect(granted.status == 204)
        #expect(granted.stage == .now)
        #expect(granted["x-auth-username"] == "ada")
        #expect(granted["x-auth-email"] == "ada@example.test")
        #expect(granted["x-auth-role"] == "user")
        #expect(granted["x-auth-scope"] == "items me")
        #expect(granted["x-auth-user-id"] == (try await fixture.id(of: "ada")))
        #expect(await fixture.send(.get, "/auth/verify").status == 401)
        #expect(await fixture.send(.get, "/auth/verify?scope=items:read%20users:read", token: token).status == 403)
        #expect(await fixture.send(.get, "/auth/verify?role=admin", token: token).status == 403)
        #expect(await fixture.send(.get, "/auth/verify?role=", token: token).code == "invalid_query")
        // A proxy whose variable is empty asked for something, and must not be told that it was granted.
        for empty in ["/auth/verify?scope=", "/auth/verify?scope=%20", "/auth/verify?scope=&role=user"] {
            #expect(await fixture.send(.get, empty, token: token).code == "invalid_query")
        }
    }

    @Test("an address outside ASCII reaches the application behind a proxy as ASCII, and clients as it is")
    func foreignAddress() async throws {
        let fixture = try await APIFixture()
        let body = #"{"email":"jürgen%@bücher.example","password":"correct horse battery","full_name":"Jürgen Ωmega"}"#
        #expect(await fixture.send(.post, "/auth/register", body).status == 201)
        let signedIn = await fixture.send(
            .post, "/auth/login", #"{"username":"JÜRGEN%@BÜCHER.EXAMPLE","password":"correct horse battery"}"#)
        let token = try #require(signedIn.text("access_token"))

        let granted = await fixture.send(.get, "/auth/verify", token: token)
        let profile = await fixture.send(.get, "/auth/me", token: token)

        #expect(granted["x-auth-email"] == "j%C3%BCrgen%25@b%C3%BCcher.example")
        #expect(
            granted.reply.httpResponse.headerFields.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } })
        #expect(profile.text("email") == "jürgen%@bücher.example")
        #expect(profile.text("full_name") == "Jürgen Ωmega")
    }

    @Test("the connections to the database are metrics, and readiness shows them to clients on this host")
    func databasePool() async throws {
        let fixture = try await APIFixture()
        let api = AuthAPI(
            service: fixture.service, configuration: HTTPConfiguration(),
            databasePool: { DatabasePool(open: 4, idle: 3, waiting: 2, limit: 15) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

        let text = await api.send(.get, "/metrics").text
        for (name, value) in [("connections", 4), ("connections_idle", 3), ("waiting", 2), ("connections_limit", 15)] {
            #expect(text.contains("# TYPE authd_database_\(name) gauge\nauthd_database_\(name) \(value)\n"), "\(name)")
        }
        #expect(!(await fixture.send(.get, "/metrics").text.contains("authd_database_")))

        for peer in ["127.0.0.1", "::1"] {
            let pool = await api.send(.get, "/health/database", peer: peer).json?["pool"]?.objectValue
            #expect(pool?["open"]?.int64Value == 4 && pool?["idle"]?.int64Value == 3, "\(peer)")
            #expect(pool?["waiting"]?.int64Value == 2 && pool?["limit"]?.int64Value == 15, "\(peer)")
        }
        // The gateway of a container's network has a private address, from which every client of the internet may seem to come.
        for peer in [
            "203.0.113.7", "172.17.0.1", "10.1.2.3", "192.168.0.9", "fd00::1", "fe80::1", "2001:db8::1", "none",
        ] {
            let seen = await api.send(.get, "/health/database", peer: peer)
            #expect(seen.status == 200 && seen.json?["pool"] == nil, "\(peer)")
        }
        let forwarded = await api.send(.get, "/health/database", peer: "127.0.0.1", fields: ["Via": "1.1 proxy"])
        #expect(forwarded.status == 200 && forwarded.json?["pool"] == nil)
    }

    @Test("the version of the configuration is in health and in the description")
    func version() async throws {
        let fixture = try await APIFixture { $0.version = "2026.11-rc1" }
        #expect(await fixture.send(.get, "/health").text("version") == "2026.11-rc1")
        let document = await fixture.send(.get, "/openapi.json").text
        #expect(document.contains(#""version":"2026.11-rc1""#))
    }

    @Test("what waits in the outbox and what was delivered is counted by lane")
    func outbox() async throws {
        let fixture = try await APIFixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        let principal = try await fixture.service.access.authenticate(pair.accessToken)
        let before = await fixture.send(.get, "/metrics").text
        for kind in MailKind.all {
            #expect(before.contains("\nauthd_mails_dropped_total{kind=\"\(kind.rawValue)\"} 0\n"))
        }
        #expect(before.contains("\nauthd_outbox_rows{lane=\"notice\",state=\"due\"} 0\n"))
        #expect(before.contains("\nauthd_outbox_deliveries_total{lane=\"notice\",outcome=\"failed\"} 0\n"))
        _ = try await fixture.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password("another fine password"),
            by: ClientContext())
        fixture.authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        await fixture.service.completeDeferredWork()
        fixture.authority.clock.advance(by: .milliseconds(1_500))

        let waiting = await fixture.send(.get, "/metrics").text
        #expect(waiting.contains("\nauthd_outbox_rows{lane=\"notice\",state=\"due\"} 1\n"))
        #expect(waiting.contains("\nauthd_outbox_rows{lane=\"notice\",state=\"dead\"} 0\n"))
        #expect(waiting.contains("\nauthd_outbox_oldest_seconds{lane=\"notice\"} 1.5\n"))
        #expect(waiting.contains("\nauthd_outbox_oldest_seconds{lane=\"mail\"} 0.0\n"))
        #expect(waiting.contains("\nauthd_outbox_deliveries_total{lane=\"notice\",outcome=\"failed\"} 1\n"))
        #expect(waiting.contains("\nauthd_waiting_mails 1\n"))

        fixture.authority.clock.advance(by: .seconds(1))
        await fixture.service.completeDeferredWork()
        let after = await fixture.send(.get, "/metrics").text
        #expect(after.contains("\nauthd_outbox_rows{lane=\"notice\",state=\"due\"} 0\n"))
        #expect(after.contains("\nauthd_outbox_deliveries_total{lane=\"notice\",outcome=\"delivered\"} 1\n"))
        #expect(after.contains("\nauthd_waiting_mails 0\n"))
    }

    @Test("password spraying and credential stuffing are counted by pattern")
    func noticedAttacks() async throws {
        let fixture = try await APIFixture()
        let before = await fixture.send(.get, "/metrics").text
        #expect(before.contains("\nauthd_sign_in_attacks_noticed_total{pattern=\"stuffing\"} 0\n"))
        for number in 0..<FailureHistory.threshold {
            let guess = #"{"username":"stranger-\#(number)","password":"a wrong guess"}"#
            #expect(await fixture.send(.post, "/auth/login", guess).status == 401)
        }

        let after = await fixture.send(.get, "/metrics").text

        #expect(after.contains("\nauthd_sign_in_attacks_noticed_total{pattern=\"stuffing\"} 1\n"))
        #expect(after.contains("\nauthd_sign_in_attacks_noticed_total{pattern=\"spraying\"} 0\n"))
    }

    @Test("the profile of a cached token is answered from memory")
    func fastDoor() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        _ = await fixture.send(.get, "/auth/me", token: token)

        let known = await fixture.send(.get, "/auth/me", token: token)

        #expect(known.stage == .now)
        #expect(known.text("username") == "ada")
        #expect(known["cache-control"] == "no-store")
    }

    @Test("keys are published with an ETag and a lifetime, and without private members")
    func keySet() async throws {
        let fixture = try await APIFixture()

        let keys = await fixture.send(.get, "/.well-known/jwks.json")
        #expect(keys.status == 200)
        #expect(keys["cache-control"] == "public, max-age=600")
        #expect(!keys.text.contains("\"d\"") && !keys.text.contains("\"k\""))
        let tag = try #require(keys["etag"])
        let unchanged = await fixture.send(.get, "/.well-known/jwks.json", fields: ["If-None-Match": tag])
        #expect(unchanged.status == 304)
        #expect(unchanged.text == "")
    }

    @Test("health, metrics and problems are described without a token")
    func openRoutes() async throws {
        let fixture = try await APIFixture()

        #expect(await fixture.send(.get, "/health").text("status") == "healthy")
        #expect(await fixture.send(.get, "/health/database").text("database") == "connected")
        let metrics = await fixture.send(.get, "/metrics")
        #expect(metrics["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(metrics.text.contains("route=\"/health\",status=\"2xx\"} 1\n"))
        #expect(metrics.text.contains("\nauthd_cached_users 0\n"))
        let expected = [
            "authd_clock_jumps_total 0", "authd_clock_trusted 0", "authd_future_tokens_total 0",
            "authd_audit_sealing 1",
            "authd_audit_sealing_refusals_total 0",
        ]
        for line in expected {
            #expect(metrics.text.contains("\n\(line)\n"))
        }
        #expect(await fixture.send(.get, "/problems/rate-limited").text("code") == "rate_limited")
        #expect(await fixture.send(.get, "/problems/nothing").status == 404)
        let closed = try await APIFixture { configuration in
            configuration.exposesMetrics = false
            configuration.exposesDocumentation = false
        }
        for path in ["/metrics", "/docs", "/redoc", "/openapi.json"] {
            #expect(await closed.send(.get, path).status == 404)
        }
    }

    @Test("the pages load only the sources that their policy names")
    func pages() async throws {
        let fixture = try await APIFixture { $0.appName = "A <b> & co" }

        let swagger = await fixture.send(.get, "/api/v1/docs")
        #expect(swagger["content-type"] == "text/html; charset=utf-8")
        #expect(swagger.text.contains("<title>A &lt;b&gt; &amp; co</title>"))
        #expect(swagger.text.contains("integrity=\"sha384-"))
        #expect(swagger.text.contains("src=\"docs/init.js\""))
        #expect(
            swagger["content-security-policy"]?.contains("script-src 'self' https://cdn.jsdelivr.net/npm/swagger")
                == true)
        #expect(swagger["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
        #expect(await fixture.send(.get, "/docs/").text.contains("src=\"../docs/init.js\""))
        #expect(await fixture.send(.get, "/docs/init.js")["content-type"] == "text/javascript; charset=utf-8")
        #expect(await fixture.send(.get, "/redoc").text.contains("data-spec=\"openapi.json\""))
    }

    @Test("a client that has a documentation page or the OpenAPI document gets no second copy of it")
    func unchangedPages() async throws {
        let fixture = try await APIFixture()
        var tags: [String: String] = [:]
        for path in ["/docs", "/docs/", "/redoc", "/openapi.json"] {
            let first = await fixture.send(.get, path)
            let tag = try #require(first["etag"], "\(path)")
            tags[tag] = path
            let again = await fixture.send(.get, path)
            #expect(again.text == first.text && again["etag"] == tag, "\(path)")
            let unchanged = await fixture.send(.get, path, fields: ["If-None-Match": tag])
            #expect(unchanged.status == 304 && unchanged.text.isEmpty && unchanged["etag"] == tag, "\(path)")
            #expect(unchanged["cache-control"] == first["cache-control"], "\(path)")
            let changed = await fixture.send(.get, path, fields: ["If-None-Match": "\"other\""])
            #expect(changed.status == 200 && changed.text == first.text, "\(path)")
        }
        // Each page of its own, and the two spellings of a path have other links.
        #expect(tags.count == 4)
    }

    @Test("without a mail server, routes that need mail are unavailable")
    func noMail() async throws {
        let fixture = try await APIFixture(hasMail: false)

        let refused = await fixture.send(.post, "/auth/password/reset/request", #"{"email":"ada@example.test"}"#)

        #expect(refused.code == "mail_unavailable")
        #expect(refused["retry-after"] != nil)
    }
}
