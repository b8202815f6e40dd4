// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthHTTPTesting
import AuthService
import AuthStore
import AuthSupabase
import AuthTestSupport
import AuthTesting
import HTTPTypes
import Testing

/// What all routes have in common.
@Suite("Routes of Supabase's API")
struct SupabaseRouteTests {
    private static func endpoints(_ fixture: SupabaseFixture) -> [Endpoint] {
        SupabaseEndpoints(service: fixture.authority.service, configuration: fixture.test.configuration).endpoints
    }

    /// The path of a route below `/auth/v1`, with values for its parameters.
    private static func path(of endpoint: Endpoint) -> String {
        let parts = endpoint.path.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .parameter(let name): name == "name" ? "corp" : "00000000-0000-7000-8000-000000000000"
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func method(_ endpoint: Endpoint) throws -> HTTPRequest.Method {
        try #require(HTTPRequest.Method(rawValue: endpoint.method.rawValue))
    }

    @Test("every route of the table is declared, and what is declared beside it is off")
    func declared() async throws {
        let fixture = try await SupabaseFixture(.new)
        let declared = Set(Self.endpoints(fixture).map { "\($0.method.rawValue) \($0.path)" })
        let table = Set(
            SupabaseContract.routes.map { route in
                String(route.name.prefix { $0 != "?" }).replacing(" redirecting", with: "").replacing(" form", with: "")
            })

        #expect(table.subtracting(declared).sorted() == [])
        for endpoint in Self.endpoints(fixture) where !table.contains("\(endpoint.method.rawValue) \(endpoint.path)") {
            let isForAdmins = endpoint.path.description.hasPrefix("/admin/")
            let token: String
            if isForAdmins {
                token = try await fixture.key()
            } else {
                token = try await fixture.session("\(endpoint.operationID)@example.test").access
            }
            let answer = await fixture.send(try Self.method(endpoint), Self.path(of: endpoint), bearing: token)
            #expect(answer.status == 404 && answer.code(.new) == "feature_disabled", "\(endpoint.path) \(answer.text)")
        }
    }

    @Test("with the API off nothing is reachable, and the descriptions are the same octets with it on")
    func off() async throws {
        let on = try await SupabaseFixture(.new)
        let off = TestAPI(try await TestAuthority(settings: AuthSettings(issuer: SupabaseFixture.url)))
        for endpoint in Self.endpoints(on) {
            let answer = await off.client().send(try Self.method(endpoint), "/auth/v1" + Self.path(of: endpoint))
            #expect(answer.status == 404 && answer.problem == "not_found", "\(endpoint.path)")
            #expect(!off.api.serves(try Self.method(endpoint), "/auth/v1" + Self.path(of: endpoint)))
        }
        let configured = TestAPI(
            try await TestAuthority(settings: AuthSettings(issuer: SupabaseFixture.url)),
            configure: { $0.publicURL = SupabaseFixture.url })
        for path in ["/openapi.json", "/docs", "/.well-known/jwks.json"] {
            let one = await on.test.client().get(path)
            let other = await configured.client().get(path)
            #expect(one.status == 200 && one.body == other.body, "\(path)")
        }
    }

    @Test("the routes of the service itself are as before, with their own errors and origins")
    func native() async throws {
        let fixture = try await SupabaseFixture(.new)
        var origin = HTTPFields()
        origin[.origin] = "https://other.example.test"
        let answer = await fixture.test.client().get("/users", fields: origin)

        #expect(answer.problem == "unauthenticated")
        #expect(answer.fields[.accessControlAllowOrigin] == nil)
        #expect(await fixture.test.client().get("/auth/nothing").problem == "not_found")
        #expect(await fixture.test.client().get("/auth/v1x/user").problem == "not_found")
    }

    // MARK: What every route can answer

    @Test("a body that is no JSON object is refused wherever one is read", arguments: ContractVersion.allCases)
    func malformed(_ version: ContractVersion) async throws {
        let fixture = try await SupabaseFixture.confirmed(version) { $0.isAnonymousAllowed = true }
        let (user, key) = (try await fixture.session().access, try await fixture.key())
        let open = [
            "/signup", "/token?grant_type=password", "/token?grant_type=refresh_token", "/token?grant_type=pkce",
            "/token?grant_type=id_token", "/otp", "/magiclink", "/recover", "/resend", "/verify",
        ]
        let routes: [(HTTPRequest.Method, String, String)] =
            open.map { (.post, $0, user) } + [
                (.put, "/user", user), (.post, "/factors", user), (.post, "/invite", key),
                (.post, "/admin/generate_link", key), (.post, "/admin/users", key),
                (.put, "/admin/users/00000000-0000-7000-8000-000000000000", key),
                (.delete, "/admin/users/00000000-0000-7000-8000-000000000000", key),
            ]
        for (method, path, token) in routes {
            for (type, body) in [
                ("application/json", "{"), ("application/json", "[]"), ("text/plain", "{}"),
                ("application/json", "{} x"),
            ] {
                var request = HTTPRequest(
                    method: method, scheme: "https", authority: "id.example.test", path: "/auth/v1" + path,
                    headerFields: version.fields)
                request.headerFields[.contentType] = type
                request.headerFields[.authorization] = "Bearer " + token
                let (head, bytes) = await fixture.test.api.respond(
                    to: request, body: Array(body.utf8), peer: IPAddress("192.0.2.1"))
                let answer = HTTPTestResponse(head, body: bytes)
                #expect(answer.status == 400 && answer.code(version) == "bad_json", "\(path) \(body) \(answer.text)")
            }
        }
    }

    @Test("a limited route answers 429 with the time to wait", arguments: ContractVersion.allCases)
    func limited(_ version: ContractVersion) async throws {
        let fixture = try await SupabaseFixture(
            version,
            limits: { configuration in
                configuration.limits.isEnabled = true
                for limitClass in LimitClass.allCases where limitClass != .none {
                    configuration.limits.rules[limitClass] = TokenBucket.Rule(1, per: .seconds(60))
                }
            })
        let unlimited = ["/health", "/settings", "/.well-known/jwks.json", "/user"]
        var classes: Set<LimitClass> = []
        for endpoint in Self.endpoints(fixture) {
            let isGuarded = endpoint.limit == .none
            #expect(isGuarded == (endpoint.method == .get && unlimited.contains(endpoint.path.description)))
            guard !isGuarded else { continue }
            let method = try Self.method(endpoint)
            if classes.insert(endpoint.limit).inserted {
                let first = await fixture.send(method, Self.path(of: endpoint))
                #expect(first.status != 429, "\(endpoint.path)")
            }
            let refused = await fixture.send(method, Self.path(of: endpoint))
            #expect(refused.status == 429 && refused.code(version) == "over_request_rate_limit", "\(endpoint.path)")
            #expect(refused.fields[.retryAfter] != nil)
        }
    }

    @Test("passwords and codes at /token are counted as such, beside the class of the route")
    func countedTwice() async throws {
        for (grant, limit) in [("password", LimitClass.signIn), ("id_token", .signIn), ("pkce", .redeem)] {
            let fixture = try await SupabaseFixture(
                .new,
                limits: { configuration in
                    configuration.limits.isEnabled = true
                    configuration.limits.rules = [limit: .init(1, per: .seconds(60))]
                })
            let path = "/token?grant_type=" + grant
            #expect(await fixture.send(.post, path, [:]).status == 400)
            let refused = await fixture.send(.post, path, [:])
            #expect(refused.status == 429 && refused.code(.new) == "over_request_rate_limit")
        }
    }

    @Test("a new address is counted as a mail, too, and a link that is redeemed by GET as a code")
    func furtherClasses() async throws {
        let fixture = try await SupabaseFixture(
            .new,
            adjust: { settings in
                settings.autoconfirm = true
                settings.verifiesOnGet = true
            },
            limits: { configuration in
                configuration.limits.isEnabled = true
                configuration.limits.rules = [.mail: .init(1, per: .seconds(60)), .redeem: .init(1, per: .seconds(60))]
            })
        let token = try await fixture.session().access
        for (name, status) in [("grace", 200), ("mary", 429)] {
            let answer = await fixture.send(
                .put, "/user", ["email": .string("\(name)@example.test")], bearing: token)
            #expect(answer.status == status, "\(answer.text)")
        }
        #expect(await fixture.send(.put, "/user", ["data": ["colour": "red"]], bearing: token).status == 200)
        for status in [303, 429] {
            #expect(await fixture.send(.get, "/verify?token=aot_unknown&type=signup").status == status)
        }
    }

    @Test("a refresh is counted against its session, and junk against its source")
    func holder() async throws {
        let fixture = try await SupabaseFixture(
            .new, adjust: { $0.autoconfirm = true },
            limits: { configuration in
                configuration.limits.isEnabled = true
                configuration.limits.rules = [.refresh: .init(2, per: .seconds(60))]
            })
        let (ada, grace) = (try await fixture.session(), try await fixture.session("grace@example.test"))
        let path = "/token?grant_type=refresh_token"
        for tokens in [ada, grace] {
            for _ in 0..<2 {
                let answer = await fixture.send(.post, path, ["refresh_token": .string(tokens.refresh)])
                #expect(answer.status == 200, "\(answer.text)")
            }
        }
        for status in [400, 400, 429] {
            #expect(await fixture.send(.post, path, ["refresh_token": "asr_junk"]).status == status)
        }
    }

    @Test("a store that cannot be reached is told as such", arguments: ContractVersion.allCases)
    func unavailable(_ version: ContractVersion) async throws {
        let store = ObservedStore()
        let fixture = try await SupabaseFixture(version, store: store)
        let token = try await fixture.session().access
        store.beforeEvery(.user) { () async throws(StoreError) in throw .conflict }
        let answer = await fixture.send(.get, "/user", bearing: token)

        #expect(answer.status == 503 && answer.code(version) == "unexpected_failure", "\(answer.text)")
        #expect(answer.fields[.retryAfter] != nil)
        #expect((answer["error_id"] != nil) == (version == .old))
    }

    @Test("what leads to no route is answered in the contract's form", arguments: ContractVersion.allCases)
    func unrouted(_ version: ContractVersion) async throws {
        let fixture = try await SupabaseFixture(version)
        let nothing = await fixture.send(.get, "/nothing")
        #expect(nothing.status == 404 && nothing.code(version) == "not_found")
        let method = await fixture.send(.delete, "/signup")
        #expect(method.status == 405 && method.code(version) == "method_not_allowed")
        #expect(method.fields[.allow] == "POST, OPTIONS")
        let root = await fixture.send(.get, "")
        #expect(root.status == 404 && root.code(version) == "not_found")
    }

    // MARK: Methods and origins

    @Test("HEAD reads what GET reads, and begins nothing")
    func head() async throws {
        let fixture = try await SupabaseFixture(.new)
        let token = try await fixture.session().access
        for path in ["/health", "/settings", "/.well-known/jwks.json", "/user"] {
            #expect(await fixture.send(.head, path, bearing: token).status == 200, "\(path)")
        }
        for path in ["/authorize?provider=corp", "/callback/corp?state=a", "/callback"] {
            let answer = await fixture.send(.head, path)
            #expect(answer.status == 405 && answer.fields[.setCookie] == nil, "\(path)")
        }
    }

    @Test("every page may read the replies, without credentials, and send what the contract names")
    func crossOrigin() async throws {
        let fixture = try await SupabaseFixture(.new)
        var origin = HTTPFields()
        origin[.origin] = "https://other.example.test"
        let failed = await fixture.send(.get, "/user", fields: origin)
        let missing = await fixture.send(.get, "/nothing", fields: origin)
        for answer in [failed, missing, await fixture.send(.get, "/health", fields: origin)] {
            #expect(answer.fields[.accessControlAllowOrigin] == "*")
            #expect(answer.fields[.accessControlAllowCredentials] == nil)
            #expect(answer.fields[.accessControlExposeHeaders] == "X-Total-Count, Link, X-Supabase-Api-Version")
        }

        origin[.accessControlRequestMethod] = "POST"
        for path in ["/signup", "/token?grant_type=password", "/user", "/factors/a"] {
            let preflight = await fixture.send(.options, path, fields: origin)
            #expect(preflight.status == 204 && preflight.fields[.accessControlAllowOrigin] == "*", "\(path)")
            let allowed = preflight.fields[.accessControlAllowHeaders] ?? ""
            for name in ["apikey", "Authorization", "Content-Type", "X-Client-Info", "X-Supabase-Api-Version"] {
                #expect(allowed.contains(name), "\(name)")
            }
        }
    }

    @Test("the routes of secret keys answer no preflight, and no page reads their replies")
    func closed() async throws {
        let fixture = try await SupabaseFixture(.new)
        var origin = HTTPFields()
        origin[.origin] = "https://app.example.test"
        origin[.accessControlRequestMethod] = "GET"
        let admin = Self.endpoints(fixture).filter {
            $0.path.description.hasPrefix("/admin/") || $0.path.description == "/invite"
        }
        #expect(admin.count > 10)
        for endpoint in admin {
            let path = Self.path(of: endpoint)
            let preflight = await fixture.send(.options, path, fields: origin)
            #expect(preflight.fields[.accessControlAllowOrigin] == nil, "\(path)")
            let refused = await fixture.send(
                try Self.method(endpoint), path, bearing: try await fixture.key(), fields: origin)
            #expect(refused.status == 403 && refused.code(.new) == "not_admin", "\(path)")
            #expect(refused.fields[.accessControlAllowOrigin] == nil, "\(path)")
        }
    }

    @Test("a secret key counts in apikey without Authorization, and no claim of a user's token opens anything")
    func credentials() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let name = try #require(HTTPField.Name("apikey"))
        var fields = HTTPFields()
        fields[name] = try await fixture.key()
        #expect(await fixture.send(.get, "/admin/users", fields: fields).status == 200)
        // With a user's token beside it, that token is what counts.
        let token = try await fixture.session().access
        let refused = await fixture.send(.get, "/admin/users", bearing: token, fields: fields)
        #expect(refused.code(.new) == "not_admin")
        // One that cannot be read is not passed over.
        fields[.authorization] = "Basic YTpi"
        #expect(await fixture.send(.get, "/admin/users", fields: fields).code(.new) == "no_authorization")
        // Public routes ignore what is presented.
        #expect(await fixture.send(.get, "/settings", bearing: "a.b.c").status == 200)
        let signIn = await fixture.send(
            .post, "/token?grant_type=password",
            ["email": "ada@example.test", "password": .string(SupabaseFixture.password)], bearing: "sb_publishable_x")
        #expect(signIn.status == 200, "\(signIn.text)")
    }
}
