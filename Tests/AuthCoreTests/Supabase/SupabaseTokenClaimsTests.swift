// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Tokens in Supabase's form")
struct SupabaseTokenClaimsTests {
    private static let session = "019b1f3e-0000-7000-8000-000000000002"

    static let claims = SupabaseTokenClaims(
        issuer: "https://auth.example.test/auth/v1", subject: "u1", audience: "authenticated", expiresAtSeconds: 2_000,
        issuedAtSeconds: 1_000, email: "ada@example.test", appMetadata: ["provider": "email", "providers": ["email"]],
        userMetadata: ["name": "Ada"], role: "authenticated", aal: "aal1",
        methods: [
            SupabaseTokenClaims.Method(name: "password", seconds: 999),
            SupabaseTokenClaims.Method(name: "otp", seconds: 998),
        ], sessionID: session, isAnonymous: false)

    private static let least: JSONObject = [
        "iss": "supabase", "sub": "u1", "aud": "authenticated", "exp": 2_000, "iat": 1_000,
    ]

    private static func read(_ object: JSONObject) throws(TokenError) -> SupabaseTokenClaims {
        try SupabaseTokenClaims(payload: JSONValue.object(object).serialized)
    }

    @Test("are written with all claims in a constant order, and read again")
    func writing() throws {
        let text = String(decoding: Self.claims.serialized(), as: UTF8.self)

        #expect(
            text
                == #"{"iss":"https://auth.example.test/auth/v1","sub":"u1","aud":"authenticated","exp":2000,"iat":1000,"#
                + #""email":"ada@example.test","phone":"","app_metadata":{"provider":"email","providers":["email"]},"#
                + #""user_metadata":{"name":"Ada"},"role":"authenticated","aal":"aal1","#
                + #""amr":[{"method":"password","timestamp":999},{"method":"otp","timestamp":998}],"#
                + #""session_id":"\#(Self.session)","is_anonymous":false}"#)
        #expect(try SupabaseTokenClaims(payload: Array(text.utf8)) == Self.claims)
        var guest = Self.claims
        guest.email = ""
        guest.appMetadata = [:]
        guest.userMetadata = [:]
        guest.methods = []
        guest.isAnonymous = true
        #expect(try SupabaseTokenClaims(payload: guest.serialized()) == guest)
    }

    /// Payloads in the forms of the contract; those of a project cannot be had.
    static let vectors: [String] = [
        // A session by password.
        #"""
        {"iss":"https://abcdefghijklmnopqrst.supabase.co/auth/v1","sub":"5f4d0a2e-1c55-4d6b-9c8e-3e6c1f2a7b90",
        "aud":"authenticated","exp":1714560000,"iat":1714556400,"email":"ada@example.test","phone":"",
        "app_metadata":{"provider":"email","providers":["email"]},"user_metadata":{"email":"ada@example.test",
        "email_verified":true,"phone_verified":false,"sub":"5f4d0a2e-1c55-4d6b-9c8e-3e6c1f2a7b90"},
        "role":"authenticated","aal":"aal1","amr":[{"method":"password","timestamp":1714556400}],
        "session_id":"0f7c3b1e-6a53-4f0b-8f5e-8d9f3b5a1c22","is_anonymous":false}
        """#,
        // A guest.
        #"""
        {"aal":"aal1","amr":[{"method":"anonymous","timestamp":1714556400}],"app_metadata":{},"aud":"authenticated",
        "email":"","exp":1714560000,"iat":1714556400,"is_anonymous":true,"iss":"http://127.0.0.1:54321/auth/v1",
        "phone":"","role":"authenticated","session_id":"0f7c3b1e-6a53-4f0b-8f5e-8d9f3b5a1c22",
        "sub":"5f4d0a2e-1c55-4d6b-9c8e-3e6c1f2a7b90","user_metadata":{}}
        """#,
        // A second factor, the list of one audience, and a client of the OAuth server.
        #"""
        {"iss":"https://abcdefghijklmnopqrst.supabase.co/auth/v1","sub":"5f4d0a2e-1c55-4d6b-9c8e-3e6c1f2a7b90",
        "aud":["authenticated"],"exp":1714560000,"iat":1714556400,"email":null,"phone":"49301234567",
        "app_metadata":{"provider":"google","providers":["google"]},"user_metadata":{"full_name":"Ada"},
        "role":"authenticated","aal":"aal2","amr":[{"method":"totp","timestamp":1714556500},
        {"method":"oauth","timestamp":1714556400}],"session_id":null,"client_id":"c","scope":"openid"}
        """#,
    ]

    @Test("of projects at Supabase are read")
    func projects() throws {
        let read = try Self.vectors.map { (text) throws(TokenError) in
            try SupabaseTokenClaims(payload: Array(text.utf8))
        }

        #expect(read.map(\.audience) == ["authenticated", "authenticated", "authenticated"])
        #expect(read.map(\.email) == ["ada@example.test", "", ""])
        #expect(read.map(\.phone) == ["", "", "49301234567"])
        #expect(read.map(\.aal) == ["aal1", "aal1", "aal2"])
        #expect(read.map(\.isAnonymous) == [false, true, false])
        #expect(read.map { $0.methods.map(\.name) } == [["password"], ["anonymous"], ["totp", "oauth"]])
        #expect(read.map(\.sessionID.isEmpty) == [false, false, true])
        #expect(read[2].userMetadata == ["full_name": "Ada"])
    }

    @Test("need five claims, and take everything else for absent where it is absent or null")
    func optional() throws {
        let least = try Self.read(Self.least)
        #expect(least.email.isEmpty && least.phone.isEmpty && least.role.isEmpty && least.aal.isEmpty)
        #expect(least.methods.isEmpty && least.sessionID.isEmpty && !least.isAnonymous)
        #expect(least.appMetadata.isEmpty && least.userMetadata.isEmpty)
        var nulls = Self.least
        let optional = [
            "email", "phone", "app_metadata", "user_metadata", "role", "aal", "amr", "session_id", "is_anonymous",
        ]
        for name in optional { nulls[name] = .some(.null) }
        nulls["unknown"] = ["a": [1, nil]]
        #expect(try Self.read(nulls) == least)
        for name in Self.least.names {
            var without = Self.least
            without[name] = nil
            #expect(throws: TokenError.missingClaim(name)) { try Self.read(without) }
            without[name] = .some(.null)
            #expect(throws: TokenError.badClaim(name)) { try Self.read(without) }
        }
    }

    @Test(
        "have one form",
        arguments: [
            ("iss", ""), ("iss", 1), ("sub", ""), ("sub", ["u1"]), ("aud", ""), ("aud", []),
            ("aud", ["authenticated", "x"]),
            ("aud", [1]), ("aud", [""]), ("exp", "2000"), ("exp", -1), ("exp", 253_402_300_800), ("iat", true),
            ("email", 1), ("phone", []), ("app_metadata", "{}"), ("user_metadata", []), ("role", 1), ("aal", 1),
            ("amr", "pwd"), ("amr", ["pwd"]), ("amr", [nil]), ("amr", [["method": "pwd"]]),
            ("amr", [["method": "pwd", "timestamp": "1"]]), ("amr", [["method": 1, "timestamp": 1]]),
            ("session_id", 1), ("is_anonymous", "false"), ("is_anonymous", 0),
        ] as [(String, JSONValue)])
    func badClaims(_ name: String, _ value: JSONValue) {
        var claims = Self.least
        claims[name] = value
        #expect(throws: TokenError.badClaim(name)) { try Self.read(claims) }
    }

    @Test("with fractions of seconds, twice the same claim or no object are refused")
    func malformed() {
        let fraction = #"{"iss":"a","sub":"u","aud":"b","exp":2000.5,"iat":1000}"#
        #expect(throws: TokenError.badClaim("exp")) { try SupabaseTokenClaims(payload: Array(fraction.utf8)) }
        let twice = #"{"iss":"a","sub":"u","aud":"b","exp":2000,"iat":1000,"role":"a","role":"service_role"}"#
        for text in ["", "[]", "null", "{", twice, #"{"iss":"a"} "# + "x"] {
            #expect(throws: TokenError.malformed) { try SupabaseTokenClaims(payload: Array(text.utf8)) }
            #expect(throws: TokenError.malformed) { try SupabaseKeyClaims(payload: Array(text.utf8)) }
        }
    }

    @Test("any bytes are read or refused without a trap", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = Self.claims.serialized()
        for _ in 0..<500 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutated[Int.random(in: 0..<mutated.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? SupabaseTokenClaims(payload: mutated)
            _ = try? SupabaseKeyClaims(payload: mutated)
        }
    }
}

@Suite("Policy of tokens in Supabase's form")
struct SupabaseTokenPolicyTests {
    private static let issuer = "https://auth.example.test/auth/v1"
    private static let policy = SupabaseTokenPolicy(issuer: issuer, leewaySeconds: 5)

    private static func fault(
        type: String? = "JWT", at now: Int64 = 1_500, _ change: (inout SupabaseTokenClaims) -> Void = { _ in }
    ) -> TokenError? {
        var claims = SupabaseTokenClaimsTests.claims
        change(&claims)
        do throws(TokenError) {
            try policy.validate(claims, header: JWSHeader(algorithm: "ES256", type: type), nowSeconds: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("takes tokens of one issuer and audience in their time, with a leeway")
    func times() {
        #expect(Self.fault() == nil)
        #expect(Self.fault(at: 995) == nil && Self.fault(at: 994) == .issuedInFuture)
        #expect(Self.fault(at: 2_004) == nil && Self.fault(at: 2_005) == .expired)
        #expect(Self.fault(at: .max) == .expired && Self.fault(at: .min) == .issuedInFuture)
        #expect(Self.fault { $0.expiresAtSeconds = 1_000 } == .badClaim("exp"))
        #expect(
            Self.fault { $0.issuer = "https://auth.example.test" }
                == .wrongIssuer(expected: Self.issuer, found: "https://auth.example.test"))
        #expect(Self.fault { $0.audience = "Authenticated" } == .wrongAudience)
        #expect(SupabaseTokenPolicy(issuer: "a").audience == "authenticated")
        #expect(SupabaseTokenPolicy(issuer: "a").leewaySeconds == 0)
    }

    @Test("refuses the access tokens of the native API, and other kinds, by their header")
    func kinds() {
        for type in ["JWT", "jwt", nil] as [String?] { #expect(Self.fault(type: type) == nil) }
        for type in ["at+jwt", "application/at+jwt", "application/jwt", "JOSE", ""] {
            #expect(Self.fault(type: type) == .wrongType)
        }
    }
}

@Suite("Keys of Supabase's API that are tokens")
struct SupabaseKeyClaimsTests {
    private static func read(_ text: String) throws(TokenError) -> SupabaseKeyClaims {
        try SupabaseKeyClaims(payload: Array(text.utf8))
    }

    @Test("need a role alone, in the bare form and in the long one")
    func reading() throws {
        let bare = try Self.read(#"{"role":"service_role"}"#)
        #expect(bare.role == "service_role")
        #expect(bare.issuer == nil && bare.tokenID == nil && bare.expiresAtSeconds == nil)
        let nulls = try Self.read(
            #"{"role":"service_role","iss":null,"jti":null,"exp":null,"sub":"1","session_id":"x"}"#)
        #expect(nulls == bare)
        let full = try Self.read(#"{"iss":"supabase","role":"anon","iat":1,"exp":2000,"jti":"k1"}"#)
        #expect(
            full.issuer == "supabase" && full.role == "anon" && full.tokenID == "k1" && full.expiresAtSeconds == 2_000)
    }

    @Test("have one form")
    func malformed() {
        #expect(throws: TokenError.missingClaim("role")) { try Self.read("{}") }
        for role in ["null", "1", #""""#, #"["service_role"]"#] {
            #expect(throws: TokenError.badClaim("role")) { try Self.read(#"{"role":\#(role)}"#) }
        }
        #expect(throws: TokenError.badClaim("exp")) { try Self.read(#"{"role":"anon","exp":"1"}"#) }
        #expect(throws: TokenError.badClaim("exp")) { try Self.read(#"{"role":"anon","exp":-1}"#) }
        #expect(throws: TokenError.badClaim("jti")) { try Self.read(#"{"role":"anon","jti":1}"#) }
        #expect(throws: TokenError.badClaim("iss")) { try Self.read(#"{"role":"anon","iss":{}}"#) }
    }
}
