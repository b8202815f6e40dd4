// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// API keys among several daemons.
@Suite("API keys of Supabase's API", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseKeyTests {
    /// No limits, and one public address for all, as behind a load balancer.
    private static let settings = [
        "SUPABASE_API": "true", "PUBLIC_URL": "http://localhost:8000", "SUPABASE_SITE_URL": SupabaseStage.site,
        "RATE_LIMIT_ENABLED": "false",
    ]

    private static func users(
        _ key: String, at daemon: RunningDaemon, fields: [String] = []
    ) async throws -> Response {
        try await daemon.exchange(
            "GET", "/auth/v1/admin/users", token: key,
            fields: ["X-Supabase-Api-Version: 2024-01-01"] + fields)
    }

    private static func expect(
        _ status: Int, _ code: String? = nil, for key: String, at daemons: [RunningDaemon],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for daemon in daemons {
            let answer = try await users(key, at: daemon)
            answer.expect(status, sourceLocation: sourceLocation)
            guard let code else { continue }
            #expect(try answer.json["code"]?.string == code, "\(answer)", sourceLocation: sourceLocation)
        }
    }

    /// The ids of the keys that the list calls live, the newest first.
    private static func list(_ installation: Installation) async throws -> [String] {
        let listed = try await installation.authd("supabase", "keys", "list", "--json")
        try #require(listed.succeeded, "\(listed)")
        let rows = try #require(try JSONValue(parsing: listed.output).array)
        return rows.compactMap { $0["id"]?.string }
    }

    // Behaviour S128, S129
    @Test("a key that is revoked on one of three daemons is refused by all of them at their next request")
    func revocation() async throws {
        try await Installation.withFleet(Self.settings) { fleet in
            let installation = fleet.installation
            for form in [[], ["--opaque"]] {
                let made = try await installation.run(["supabase", "keys", "--name", "back end"] + form)
                try #require(made.succeeded, "\(made.errors)")
                let keys = try SupabaseKeys(made.output)
                // It has been used everywhere, so that a memory of it could be wrong.
                try await Self.expect(200, for: keys.service, at: fleet.daemons)
                try await Self.expect(403, "not_admin", for: keys.anon, at: fleet.daemons)
                let id = try #require(try await Self.list(installation).first)
                let revoked = try await installation.authd("supabase", "keys", "revoke", id)
                try #require(revoked.succeeded, "\(revoked)")
                try await Self.expect(403, "bad_jwt", for: keys.service, at: fleet.daemons)
                // Once more changes nothing.
                let again = try await installation.authd("supabase", "keys", "revoke", id)
                #expect(again.succeeded, "\(again)")
                let unknown = try await installation.authd(
                    "supabase", "keys", "revoke", "0198c9a4-0000-7000-8000-00000000dead")
                #expect(!unknown.succeeded, "\(unknown)")
            }
            let text = try await fleet.execute("SELECT row_to_json(k) FROM authd.supabase_keys k").joined()
            #expect(!text.contains("sb_secret_") && !text.contains("eyJ"), "\(text)")
            let audited = try await installation.authd("audit", "list", "--json", "--action", "supabase_key_revoked")
            #expect(try JSONValue(parsing: audited.output).array?.count == 2, "\(audited)")
        }
    }

    @Test("a session that ends on one of three daemons is refused by all at the next request, and so is a banned user")
    func sessions() async throws {
        let settings = Self.settings.merging(["SUPABASE_AUTOCONFIRM": "true"]) { $1 }
        try await Installation.withFleet(settings) { fleet in
            let keys = try await fleet.installation.supabaseKeys("--opaque")
            let json = #"{"email":"ada@example.com","password":"\#(RunningDaemon.password)"}"#
            let signedUp = try await fleet.daemon(0).exchange("POST", "/auth/v1/signup", json: json)
            signedUp.expect(200)
            let first = try signedUp.text("access_token")
            let signedIn = try await fleet.daemon(1).exchange(
                "POST", "/auth/v1/token?grant_type=password", json: json)
            signedIn.expect(200)
            let second = try signedIn.text("access_token")
            try await Self.expectUser(200, nil, first, at: fleet.daemons)
            try await Self.expectUser(200, nil, second, at: fleet.daemons)

            let ended = try await fleet.daemon(2).exchange("POST", "/auth/v1/logout?scope=local", token: first)
            ended.expect(204)
            try await Self.expectUser(403, "session_not_found", first, at: fleet.daemons)
            try await Self.expectUser(200, nil, second, at: fleet.daemons)

            let id = try #require(try signedUp.json["user"]?["id"]?.string)
            let banned = try await fleet.daemon(0).exchange(
                "PUT", "/auth/v1/admin/users/\(id)", token: keys.service, json: #"{"ban_duration":"1h"}"#)
            banned.expect(200)
            try await Self.expectUser(403, "user_banned", second, at: fleet.daemons)
        }
    }

    private static func expectUser(
        _ status: Int, _ code: String?, _ token: String, at daemons: [RunningDaemon],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for daemon in daemons {
            let answer = try await daemon.exchange(
                "GET", "/auth/v1/user", token: token, fields: ["X-Supabase-Api-Version: 2024-01-01"])
            answer.expect(status, sourceLocation: sourceLocation)
            guard let code else { continue }
            #expect(try answer.json["code"]?.string == code, "\(answer)", sourceLocation: sourceLocation)
        }
    }

    // Behaviour S127, S129
    @Test("a secret key opens nothing but the admin API, and not from a page; no user's token opens that")
    func reach() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            try await installation.serving { daemon in
                let keys = try await installation.supabaseKeys("--opaque")
                for path in ["/auth/me", "/users", "/auth/sessions", "/admin/users", "/audit"] {
                    let answer = try await daemon.exchange("GET", path, token: keys.service)
                    #expect([401, 404].contains(answer.status), "\(path): \(answer)")
                }
                let page = try await Self.users(keys.service, at: daemon, fields: ["Origin: https://app.example"])
                page.expect(403)
                #expect(try page.json["code"]?.string == "not_admin", "\(page)")
                // In the one field and in the other; a token of another kind in the first is not passed over.
                let alone = try await daemon.exchange(
                    "GET", "/auth/v1/admin/users", fields: ["apikey: \(keys.service)"])
                alone.expect(200)
                let root = try await installation.administrator(of: daemon)
                let both = try await daemon.exchange(
                    "GET", "/auth/v1/admin/users", token: root.access, fields: ["apikey: \(keys.service)"])
                both.expect(403)
                // One wrong character costs no query, and tells nothing.
                let end = keys.service.hasSuffix("0") ? "1" : "0"
                try await Self.expect(403, "bad_jwt", for: String(keys.service.dropLast()) + end, at: [daemon])
                let used = try await daemon.exchange("GET", "/auth/v1/admin/audit", token: keys.service)
                used.expect(200)
                let log = await daemon.log
                #expect(!log.contains(keys.service))
            }
        }
    }

    // Behaviour S130
    @Test("the bare form of a key is accepted under a secret of its own alone")
    func bare() async throws {
        let secret = "a secret of forty-two octets for old keys!"
        let program = """
            import jwt, sys
            for claims in ({"role": "service_role"}, {"role": "supabase_admin", "sub": "1234567890"}, {"role": "anon"}):
                print(jwt.encode(claims, sys.argv[1], "HS256"))
            """
        let made = try await TestPython.run(with: "jwt", "-c", program, secret)
        let tokens = made.output.split(separator: "\n").map(String.init)
        try #require(tokens.count == 3, "\(made)")
        for settings in [["SUPABASE_JWT_SECRET": secret], [:]] {
            try await Installation.with(.sqlite, Self.settings.merging(settings) { $1 }) { installation in
                try await installation.serving { daemon in
                    let isOn = !settings.isEmpty
                    try await Self.expect(isOn ? 200 : 403, for: tokens[0], at: [daemon])
                    try await Self.expect(isOn ? 200 : 403, for: tokens[1], at: [daemon])
                    try await Self.expect(403, for: tokens[2], at: [daemon])
                    let user = try await daemon.exchange("GET", "/auth/v1/user", token: tokens[0])
                    user.expect(403)
                    let log = await daemon.log
                    #expect(log.contains("SUPABASE_JWT_SECRET") == isOn)
                }
            }
        }
    }

    // Behaviour S124
    @Test("while the API is off nothing is reachable under its base, and no key is made")
    func off() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                for (method, path) in [
                    ("GET", "health"), ("GET", "settings"), ("GET", ".well-known/jwks.json"), ("POST", "signup"),
                    ("POST", "token?grant_type=password"), ("GET", "verify?token=x&type=signup"),
                    ("GET", "admin/users"),
                    ("GET", "authorize?provider=google"),
                ] {
                    let answer = try await daemon.exchange(
                        method, "/auth/v1/\(path)", json: method == "POST" ? "{}" : nil)
                    #expect(answer.status == 404, "\(method) \(path): \(answer)")
                }
                let keys = try await installation.authd("supabase", "keys")
                #expect(!keys.succeeded && keys.output.isEmpty, "\(keys)")
            }
        }
    }
}
