// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Access token claims") struct AccessTokenClaimsTests {
    static let least: JSONObject = [
        "iss": "https://auth.example.test", "sub": "u1", "aud": "api", "exp": 2_000, "iat": 1_000, "jti": "t1",
        "ver": 0, "type": "access",
    ]

    static let claims = AccessTokenClaims(
        issuer: "https://auth.example.test", subject: "u1", audience: ["api"], expiresAtSeconds: 2_000,
        issuedAtSeconds: 1_000, tokenID: "t1", scope: "", epoch: 0)

    @Test("reads a token with only the required claims")
    func readsLeast() throws {
        #expect(try AccessTokenClaims(json: Self.least) == Self.claims)
    }

    @Test("writes claims in a constant order")
    func writes() {
        var claims = Self.claims
        claims.notBeforeSeconds = 1_001
        claims.sessionID = "s1"
        claims.clientID = "web"
        claims.scope = "me items"
        claims.role = "admin"
        claims.roleEpoch = 5
        claims.isEmailVerified = true
        claims.authenticatedAtSeconds = 999
        claims.authenticationMethods = ["pwd", "otp"]
        claims.authenticationContext = "aal2"
        claims.epoch = 7
        claims.appMetadata = ["plan": "free"]
        claims.userMetadata = [:]
        claims.audience = ["api", "files"]

        #expect(
            String(decoding: claims.serialized(), as: UTF8.self)
                == #"{"iss":"https://auth.example.test","sub":"u1","aud":["api","files"],"exp":2000,"iat":1000,"#
                + #""nbf":1001,"jti":"t1","sid":"s1","client_id":"web","scope":"me items","role":"admin","role_ver":5,"#
                + #""email_verified":true,"auth_time":999,"amr":["pwd","otp"],"acr":"aal2","ver":7,"type":"access","#
                + #""app_metadata":{"plan":"free"},"user_metadata":{}}"#)
        #expect(
            String(decoding: Self.claims.serialized(), as: UTF8.self)
                == #"{"iss":"https://auth.example.test","sub":"u1","aud":"api","exp":2000,"iat":1000,"jti":"t1","#
                + #""scope":"","ver":0,"type":"access"}"#)
    }

    @Test("ignores claims that it does not know")
    func ignoresOthers() throws {
        var json = Self.least
        json["admin"] = true
        json["nested"] = ["exp": 1]
        #expect(try AccessTokenClaims(json: json) == Self.claims)
    }

    @Test("requires each of the required claims", arguments: ["iss", "sub", "aud", "exp", "iat", "jti", "ver", "type"])
    func requires(_ name: String) {
        var json = Self.least
        json[name] = nil
        #expect(throws: TokenError.missingClaim(name)) { try AccessTokenClaims(json: json) }
    }

    struct Bad: CustomTestStringConvertible {
        var name: String
        var value: JSONValue
        var error: TokenError
        var testDescription: String { "\(name): \(String(decoding: value.serialized, as: UTF8.self))" }

        init(_ name: String, _ value: JSONValue, _ error: TokenError? = nil) {
            self.name = name
            self.value = value
            self.error = error ?? .badClaim(name)
        }
    }

    static let fraction = JSONNumber(2_000.5).map(JSONValue.number) ?? nil
    static let huge = JSONNumber(1e300).map(JSONValue.number) ?? nil

    @Test(
        "refuses a claim of another type or out of bounds",
        arguments: [
            Bad("iss", 1), Bad("iss", ""), Bad("iss", nil), Bad("sub", 1), Bad("sub", ""), Bad("sub", ["u1"]),
            Bad("sub", nil), Bad("aud", []), Bad("aud", ""), Bad("aud", [1]), Bad("aud", ["api", ""]), Bad("aud", nil),
            Bad("aud", ["api": true]), Bad("exp", "2000"), Bad("exp", fraction), Bad("exp", huge), Bad("exp", -1),
            Bad("exp", nil), Bad("exp", 253_402_300_800), Bad("exp", .number(JSONNumber(.max))), Bad("iat", true),
            Bad("iat", fraction), Bad("nbf", "x"), Bad("nbf", nil), Bad("jti", 5), Bad("jti", ""), Bad("sid", 5),
            Bad("sid", ""),
            Bad("client_id", []), Bad("scope", ["a"]), Bad("scope", nil), Bad("role", 1),
            Bad("email_verified", "true"), Bad("email_verified", 1), Bad("email_verified", nil), Bad("auth_time", "x"),
            Bad("amr", "pwd"), Bad("amr", [1]), Bad("amr", []), Bad("acr", 1), Bad("ver", "0"), Bad("ver", -1),
            Bad("ver", fraction), Bad("type", "refresh", .wrongType), Bad("type", "Access", .wrongType),
            Bad("type", nil, .wrongType), Bad("type", true, .wrongType),
        ])
    func refuses(_ bad: Bad) {
        var json = Self.least
        json[bad.name] = bad.value
        #expect(throws: bad.error) { try AccessTokenClaims(json: json) }
    }

    @Test(
        "refuses a payload that is no plain object",
        arguments: ["", "[]", "null", #""x""#, #"{"exp":1,"exp":2}"#, #"{"exp":1e999}"#, "{\"a\":\"\u{01}\"}", "{} {}"])
    func refusesPayload(_ text: String) {
        #expect(throws: TokenError.malformed) { try AccessTokenClaims(payload: Array(text.utf8)) }
    }

    @Test("reads what it wrote", arguments: [UInt64(51), 52])
    func roundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func text() -> String { "x" + generator.text(maximumScalars: 20) }
        func perhaps<Value>(_ value: @autoclosure () -> Value) -> Value? {
            Bool.random(using: &generator) ? value() : nil
        }
        func time() -> Int64 { Int64.random(in: 0...253_402_300_799, using: &generator) }

        for round in 0..<200 {
            let count = Int.random(in: 1..<4, using: &generator)
            let claims = AccessTokenClaims(
                issuer: text(), subject: text(), audience: (0..<count).map { _ in text() }, expiresAtSeconds: time(),
                issuedAtSeconds: time(), notBeforeSeconds: perhaps(time()), tokenID: text(),
                sessionID: perhaps(text()), clientID: perhaps(text()), scope: generator.text(maximumScalars: 9),
                role: perhaps(text()), isEmailVerified: perhaps(Bool.random(using: &generator)),
                authenticatedAtSeconds: perhaps(time()),
                authenticationMethods: (1..<count).map { _ in text() }, authenticationContext: perhaps(text()),
                epoch: Int64.random(in: 0...Int64.max, using: &generator))
            #expect(try AccessTokenClaims(payload: claims.serialized()) == claims, "\(generator), round \(round)")
        }
    }

    @Test("never reads a payload with one changed bit as the same claims")
    func noticesChanges() {
        var claims = Self.claims
        claims.scope = "me"
        let payload = claims.serialized()

        for index in payload.indices {
            for bit in 0..<8 {
                var changed = payload
                changed[index] ^= 1 << bit
                #expect((try? AccessTokenClaims(payload: changed)) != claims, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("calls a payload malformed exactly if it is no strict JSON object", arguments: [UInt64(61), 62])
    func agreesWithReader(seed: UInt64) {
        let text = Array(
            #"{"iss":"a","sub":"u\u0031","aud":["b"],"exp":2e3,"iat":1,"jti":"t","ver":0,"type":"access","x":{},"é":[1]} "#
                .utf8)
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for round in 0..<6_000 {
            var changed = text
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                changed[Int.random(in: 0..<text.count, using: &generator)] =
                    text.randomElement(using: &generator) ?? 0
            }
            let isObject = (try? JSONReader.read(changed))?.objectValue != nil
            do throws(TokenError) {
                _ = try AccessTokenClaims(payload: changed)
                accepted += 1
                #expect(isObject, "\(generator), round \(round)")
            } catch {
                #expect((error == .malformed) == !isObject, "\(generator), round \(round)")
            }
        }
        #expect(accepted > 100)
    }

    @Test(
        "refuses a repeated claim, known or not, however it is spelt",
        arguments: [
            #""sub":"u1""#, #""s\u0075b":"u1""#, #""exp":2000"#, #""type":"access""#, #""extra":1,"extra":1"#,
            #""é":1,"\u00e9":1"#, #""a-name-of-more-than-16-bytes":1,"a-name-of-more-than-16-bytes":2"#, #""":1,"":1"#,
            #""\u0000":1,"\u0000":1"#,
        ])
    func refusesRepeated(_ member: String) {
        let text = String(decoding: Self.claims.serialized(), as: UTF8.self)
        #expect(throws: TokenError.malformed) {
            try AccessTokenClaims(payload: Array("\(text.dropLast()),\(member)}".utf8))
        }
    }

    @Test("reads a claim whose name is escaped, and tells similar names apart")
    func readsEscapedName() throws {
        let text = String(decoding: Self.claims.serialized(), as: UTF8.self)
        let escaped = text.replacing("\"sub\"", with: #""\u0073ub""#)
        let extra = #""subject":"x","SUB":"x","sub\u0000":"x","\u0000sub":"x","":1,"su":1,"client_id_":1"#

        #expect(try AccessTokenClaims(payload: Array(escaped.utf8)) == Self.claims)
        #expect(try AccessTokenClaims(payload: Array("\(text.dropLast()),\(extra)}".utf8)) == Self.claims)
    }
}
