// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Claims of id tokens")
struct IDTokenClaimsTests {
    private let now = ProviderExamples.now

    private func readFault(_ changes: [String: JSONValue?]) -> ProviderFault? {
        readFault(of: ProviderExamples.payload(changes))
    }

    private func readFault(of payload: [UInt8]) -> ProviderFault? {
        do throws(ProviderFault) {
            _ = try IDTokenClaims(payload)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Reading

    @Test("have one form")
    func good() throws {
        let others: [String: JSONValue] = [
            "azp": "authd", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "auth_time": 1_799_999_000,
            "email": "ada@example.test",
            "email_verified": true, "name": "Ada", "picture": "https://example.test/a.png", "hd": "example.test",
            "xms_edov": true, "tid": "t", "nbf": 1_800_000_000, "unknown": ["a": [1, "b"]],
        ]
        let claims = try IDTokenClaims(ProviderExamples.payload(others))
        #expect(claims.iss == ProviderExamples.issuer && claims.sub == "ada" && claims.aud == ["authd"])
        #expect(claims.azp == "authd" && claims.nonce == "n-0S6_WzA2Mj" && claims.atHash == "77QmUPtjPfzWtF2AnpK9RQ")
        #expect(claims.exp == now + .seconds(300) && claims.iat == now && claims.nbf == now)
        #expect(claims.authTime == now - .seconds(1_000))
        #expect(claims.email == "ada@example.test" && claims.emailVerified && claims.name == "Ada")
        #expect(claims.picture == "https://example.test/a.png" && claims.hostedDomain == "example.test")
        #expect(claims.emailDomainOwnerVerified && claims.tenant == "t")

        let least = try IDTokenClaims(ProviderExamples.payload(["nonce": .none]))
        #expect(least.azp == nil && least.nbf == nil && least.nonce == nil && least.atHash == nil)
        #expect(least.authTime == nil && least.email == nil && !least.emailVerified && least.name == nil)
        #expect(least.picture == nil && least.hostedDomain == nil && !least.emailDomainOwnerVerified)
        #expect(least.tenant == nil)
    }

    @Test("are refused without one that is needed")
    func missing() {
        for name in ["iss", "aud", "exp", "iat"] {
            #expect(readFault([name: .none]) == .missingClaim, "\(name)")
            #expect(readFault([name: .null]) == .missingClaim, "\(name)")
        }
        let long = String(repeating: "s", count: 256)
        let subjects: [JSONValue?] = [.none, .null, "", .string(long), 7, ["ada"], true, "a\0b"]
        for subject in subjects {
            #expect(readFault(["sub": subject]) == .missingSubject, "\(String(describing: subject))")
        }
        #expect(readFault(["sub": .string(String(long.dropLast()))]) == nil)
    }

    @Test("are refused with one of another type")
    func types() {
        let wrong: [(String, JSONValue)] = [
            ("iss", 7), ("iss", ["https://idp.example.test"]), ("aud", 7), ("aud", ["authd", 7]),
            (
                "aud",
                ["a": "authd"]
            ),
            ("azp", ["authd"]), ("nonce", 7), ("nonce", ["n-0S6_WzA2Mj"]), ("at_hash", 7), ("exp", "1800000300"),
            ("exp", -1), ("iat", "1800000000"), ("iat", true), ("nbf", "0"), ("exp", 253_402_300_800),
        ]
        for (name, value) in wrong { #expect(readFault([name: value]) == .malformed, "\(name) \(value)") }
        for text in ["", "{", "[]", "null", "7", "\"a\"", #"{"iss":"a","iss":"b"}"#] {
            #expect(readFault(of: Array(text.utf8)) == .malformed, "\(text)")
        }
        let twice = String(decoding: ProviderExamples.payload(), as: UTF8.self).dropLast() + #","sub":"eve"}"#
        #expect(readFault(of: Array(twice.utf8)) == .malformed)
        let padding = JSONValue.string(String(repeating: "x", count: IDTokenClaims.maximumBytes))
        #expect(readFault(["padding": padding]) == .malformed)
    }

    @Test("may have times with fractions, until the end of the year 9999")
    func fractions() throws {
        let text = String(decoding: ProviderExamples.payload(), as: UTF8.self)
            .replacing("1800000300", with: "1800000300.5").replacing("1800000000", with: "1.7999999995e9")
            .replacing("{", with: #"{"auth_time":1795845139.98,"#)
        let claims = try IDTokenClaims(Array(text.utf8))
        #expect(claims.exp == now + .milliseconds(300_500) && claims.iat == now - .milliseconds(500))
        #expect(claims.authTime?.seconds == 1_795_845_139)
        #expect(readFault(["exp": 253_402_300_799]) == nil && readFault(["auth_time": 0]) == nil)
        #expect(readFault(["auth_time": "yesterday"]) == nil && readFault(["auth_time": -1]) == nil)
        for huge in ["1e300", "9223372036854775807", "1e19"] {
            let text = String(decoding: ProviderExamples.payload(), as: UTF8.self).replacing("1800000300", with: huge)
            #expect(readFault(of: Array(text.utf8)) == .malformed, "\(huge)")
        }
    }

    @Test("call an address verified by the word of JSON or by its text, and by nothing else")
    func verified() throws {
        let values: [(JSONValue, email: Bool, domain: Bool)] = [
            (true, true, true), ("true", true, true), (1, false, true), ("1", false, true), (false, false, false),
            ("false", false, false), ("True", false, false), ("yes", false, false), (2, false, false),
            (
                "", false,
                false
            ),
            (.null, false, false), ([true], false, false), (["true": true], false, false), ("true\0", false, false),
        ]
        for (value, email, domain) in values {
            let claims = try IDTokenClaims(ProviderExamples.payload(["email_verified": value, "xms_edov": value]))
            #expect(claims.emailVerified == email, "\(value)")
            #expect(claims.emailDomainOwnerVerified == domain, "\(value)")
        }
    }

    @Test("leave out what is for show and has another type")
    func decoration() throws {
        let others: [String: JSONValue] = ["name": 7, "email": ["a"], "picture": true, "hd": 1, "tid": .null]
        let claims = try IDTokenClaims(ProviderExamples.payload(others))
        #expect(claims.name == nil && claims.email == nil && claims.picture == nil && claims.hostedDomain == nil)
        #expect(claims.tenant == nil)
    }

    // MARK: Checking

    private func checkFault(
        _ changes: [String: JSONValue?] = [:], audiences: [String] = [], issuer: String = ProviderExamples.issuer,
        nonce: ExpectedNonce = .exactly("n-0S6_WzA2Mj"), maximumAge: Duration? = .seconds(600), after seconds: Int64 = 0
    ) throws -> ProviderFault? {
        let claims = try IDTokenClaims(ProviderExamples.payload(changes))
        let provider = try ProviderExamples.provider { $0.audiences = audiences }
        do throws(ProviderFault) {
            try claims.check(
                for: provider, issuer: issuer, nonce: nonce, maximumAge: maximumAge, at: now + .seconds(seconds))
            return nil
        } catch {
            return error
        }
    }

    @Test("of this issuer, client, flow and time are accepted")
    func accepted() throws {
        #expect(try checkFault() == nil)
        #expect(try checkFault(["aud": ["authd"], "azp": "authd"]) == nil)
    }

    @Test(
        "of another issuer are refused, to the octet",
        arguments: [
            "https://idp.example.test/", "https://IDP.example.test", "http://idp.example.test",
            "https://accounts.google.com", "idp.example.test", "", "https://idp.example.test\0",
        ])
    func issuer(_ issuer: String) throws {
        #expect(try checkFault(["iss": .string(issuer)]) == .wrongIssuer)
        #expect(try checkFault(issuer: issuer) == .wrongIssuer)
    }

    @Test("name this client as audience, and as authorized party where they name one")
    func audience() throws {
        let cases: [(JSONValue, azp: JSONValue?, ProviderFault?)] = [
            ("another", nil, .wrongAudience), ("authd2", nil, .wrongAudience), ("auth", nil, .wrongAudience),
            ("AUTHD", nil, .wrongAudience), ([], nil, .wrongAudience), ([""], nil, .wrongAudience),
            (["another"], "authd", .wrongAudience), (["another", "authd"], nil, .wrongAudience),
            (["another", "authd"], "authd", nil), (["another", "authd"], "another", .wrongAuthorizedParty),
            ("authd", "another", .wrongAuthorizedParty), ("authd", "", .wrongAuthorizedParty), ("authd", .null, nil),
            (["authd", "authd"], nil, nil), ("ios", nil, .wrongAudience),
        ]
        for (aud, azp, fault) in cases {
            #expect(try checkFault(["aud": aud, "azp": azp]) == fault, "\(aud) \(String(describing: azp))")
        }
    }

    @Test("may name the client of an app where that is configured")
    func apps() throws {
        let cases: [(JSONValue, azp: JSONValue?, ProviderFault?)] = [
            ("ios", nil, nil), ("authd", nil, nil), ("authd", "ios", nil), (["authd", "ios"], nil, nil),
            ("android", nil, .wrongAudience), ("authd", "android", .wrongAuthorizedParty),
        ]
        for (aud, azp, fault) in cases {
            #expect(try checkFault(["aud": aud, "azp": azp], audiences: ["ios"]) == fault, "\(aud)")
        }
    }

    @Test("carry the nonce of the flow")
    func nonce() throws {
        let lies: [JSONValue?] = [.none, "", "another", "n-0S6_WzA2Mj ", "N-0S6_WZA2MJ", .null]
        for nonce in lies {
            #expect(try checkFault(["nonce": nonce]) == .wrongNonce, "\(String(describing: nonce))")
        }
        #expect(try checkFault(nonce: .oneOf(["another", "n-0S6_WzA2Mj"])) == nil)
        #expect(try checkFault(nonce: .oneOf(["another"])) == .wrongNonce)
        #expect(try checkFault(nonce: .oneOf([])) == .wrongNonce)
        #expect(try checkFault(["nonce": "e\u{301}"], nonce: .exactly("\u{E9}")) == .wrongNonce)
    }

    @Test("carry none where the flow has none")
    func absentNonce() throws {
        for nonce in [nil, .some(.null)] as [JSONValue?] {
            #expect(try checkFault(["nonce": nonce], nonce: .absent) == nil)
        }
        for nonce in ["", "n-0S6_WzA2Mj"] as [JSONValue] {
            #expect(try checkFault(["nonce": nonce], nonce: .absent) == .wrongNonce)
        }
    }

    @Test("are of now, but for what clocks may differ by")
    func times() throws {
        func seconds(_ offset: Int64) -> JSONValue { .number(JSONNumber(now.seconds + offset)) }
        // From iat to exp are 300 seconds.
        #expect(try checkFault(after: 359) == nil && checkFault(after: 360) == .expired)
        #expect(try checkFault(["iat": seconds(60)]) == nil && checkFault(["iat": seconds(61)]) == .notYetValid)
        #expect(try checkFault(["nbf": seconds(60)]) == nil && checkFault(["nbf": seconds(61)]) == .notYetValid)
        let old: [String: JSONValue?] = ["iat": seconds(-600), "exp": seconds(3_600)]
        #expect(try checkFault(old) == nil && checkFault(old, after: 1) == .tooOld)
        #expect(try checkFault(old, maximumAge: nil, after: 1) == nil)
        #expect(try checkFault(["iat": seconds(-7_200), "exp": seconds(-3_600)]) == .expired)
        // A clock that cannot be right does not overflow.
        let claims = try IDTokenClaims(ProviderExamples.payload())
        for instant in [Timestamp(microseconds: .min), Timestamp(microseconds: .max)] {
            #expect(throws: ProviderFault.self) {
                try claims.check(
                    for: try ProviderExamples.provider(), issuer: ProviderExamples.issuer,
                    nonce: .exactly("n-0S6_WzA2Mj"), maximumAge: .seconds(600), at: instant)
            }
        }
    }
}
