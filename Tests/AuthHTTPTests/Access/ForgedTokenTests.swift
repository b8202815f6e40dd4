// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTestSupport
import AuthTesting
import AuthTokens
import HTTPTypes
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AuthHTTP

@Suite("Forged and broken access tokens", .timeLimit(.minutes(1))) struct ForgedTokenTests {
    struct Forgery: CustomTestStringConvertible {
        let why: String
        let reason: String
        let payload: @Sendable (String) -> String
        var testDescription: String { why }
    }

    /// Expects one answer to a refused token, whatever is wrong with it, and the true reason in the log.
    func expectRefused(_ token: String, as reason: String, by fixture: APIFixture, _ log: LogLines) async {
        let id = ["X-Request-ID": "same"]
        let junk = await fixture.send(.get, "/auth/me", token: "junk", fields: id)
        let seen = await fixture.send(.get, "/auth/me", token: token, fields: id)

        #expect(seen.status == 401 && seen.code == "invalid_token")
        #expect(seen.whole == junk.whole)
        #expect(log.all.last?.contains(" reason=\(reason) ") == true, "\(log.all.last ?? "")")
    }

    static let claims = [
        Forgery(why: "another issuer", reason: "bad_token_wrong_issuer") {
            $0.replacing(#""iss":"https://auth.example.test""#, with: #""iss":"https://auth.example.test/""#)
        },
        Forgery(why: "another audience", reason: "bad_token_wrong_audience") {
            $0.replacing(#""aud":"https://auth.example.test""#, with: #""aud":"https://other.example.test""#)
        },
        // The clock stands at 1767225600; five seconds of leeway are allowed each way.
        Forgery(why: "expired", reason: "bad_token_expired") {
            $0.replacing(#""exp":1767227400"#, with: #""exp":1767225595"#)
                .replacing(#""iat":1767225600"#, with: #""iat":1767225000"#)
        },
        Forgery(why: "not valid yet", reason: "bad_token_not_yet_valid") {
            $0.replacing(#""iat":"#, with: #""nbf":1767225606,"iat":"#)
        },
        Forgery(why: "issued in the future", reason: "bad_token_issued_in_future") {
            $0.replacing(#""iat":1767225600"#, with: #""iat":1767225606"#)
        },
    ]

    // Behaviour E70
    @Test("each wrong claim has its own reason in the log, and the same answer", arguments: claims)
    func wrongClaims(_ forgery: Forgery) async throws {
        let log = LogLines()
        let fixture = try await APIFixture(log: log)
        let (header, payload) = try Forger.parts(of: try await fixture.token("ada"))
        let token = try Forger().token(header: header, payload: forgery.payload(payload))
        #expect(forgery.payload(payload) != payload)

        await expectRefused(token, as: forgery.reason, by: fixture, log)
        let unchanged = try Forger().token(header: header, payload: payload)
        #expect(await fixture.send(.get, "/auth/me", token: unchanged).status == 200)
    }

    static let broken = [
        Forgery(why: "a claim twice", reason: "bad_token_malformed") {
            $0.replacing(#"{"iss""#, with: #"{"sub":"0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d","iss""#)
        },
        Forgery(why: "an unknown claim that is repeated", reason: "bad_token_malformed") {
            $0.replacing(#"{"iss""#, with: #"{"x":1,"x":1,"iss""#)
        },
        Forgery(why: "a subject that is a number", reason: "bad_token_bad_claim") {
            $0.replacing(#""sub":""#, with: #""sub":7,"was":""#)
        },
        Forgery(why: "a subject that is null", reason: "bad_token_bad_claim") {
            $0.replacing(#""sub":""#, with: #""sub":null,"was":""#)
        },
        Forgery(why: "a subject that is no id", reason: "bad_token_bad_claim") {
            $0.replacing(#""sub":""#, with: #""sub":"1","was":""#)
        },
        Forgery(why: "an expiry of twenty digits", reason: "bad_token_bad_claim") {
            $0.replacing(#""exp":1767227400"#, with: #""exp":99999999999999999999"#)
        },
        Forgery(why: "an expiry beyond all numbers", reason: "bad_token_malformed") {
            $0.replacing(#""exp":1767227400"#, with: #""exp":1e4000"#)
        },
        Forgery(why: "an issue at the lowest number", reason: "bad_token_bad_claim") {
            $0.replacing(#""iat":1767225600"#, with: #""iat":-9223372036854775808"#)
        },
        Forgery(why: "an epoch beyond all numbers", reason: "bad_token_bad_claim") {
            $0.replacing(#""ver":0"#, with: #""ver":99999999999999999999"#)
        },
        Forgery(why: "two thousand arrays in each other", reason: "bad_token_malformed") {
            let open = String(repeating: "[", count: 2_000)
            let close = String(repeating: "]", count: 2_000)
            return $0.replacing(#"{"iss""#, with: #"{"x":\#(open)\#(close),"iss""#)
        },
        Forgery(why: "more than a token may hold", reason: "bad_token_too_large") {
            $0.replacing(#"{"iss""#, with: #"{"x":"\#(String(repeating: "x", count: 8_192))","iss""#)
        },
        Forgery(why: "half an object", reason: "bad_token_malformed") { String($0.dropLast()) },
        Forgery(why: "an array", reason: "bad_token_malformed") { "[\($0)]" },
        Forgery(why: "a NUL in a text", reason: "bad_token_malformed") {
            $0.replacing(#""sub":""#, with: "\"sub\":\"\0")
        },
    ]

    // Behaviour E71
    @Test("a payload that is irregular JSON is rejected although its signature is valid", arguments: broken)
    func brokenPayloads(_ forgery: Forgery) async throws {
        let log = LogLines()
        let fixture = try await APIFixture(log: log)
        let good = try await fixture.token("ada")
        let (header, payload) = try Forger.parts(of: good)
        #expect(forgery.payload(payload) != payload)

        await expectRefused(
            try Forger().token(header: header, payload: forgery.payload(payload)), as: forgery.reason, by: fixture, log)

        #expect(await fixture.send(.get, "/auth/me", token: good).status == 200)
    }

    // Behaviour E71
    @Test("a payload that is no UTF-8 is refused")
    func notUTF8() async throws {
        let log = LogLines()
        let fixture = try await APIFixture(log: log)
        let (header, payload) = try Forger.parts(of: try await fixture.token("ada"))
        let bytes = Array(payload.replacing(#"{"iss""#, with: #"{"x":"?","iss""#).utf8)
            .map { $0 == UInt8(ascii: "?") ? 0xff : $0 }

        await expectRefused(
            try Forger().token(header: header, payload: bytes), as: "bad_token_malformed", by: fixture, log)
    }

    // Behaviour E68
    @Test(
        "a token that names no algorithm is refused, in any letters, with a signature and without",
        arguments: ["none", "None", "NONE", "nOnE", ""])
    func noAlgorithm(_ name: String) async throws {
        let log = LogLines()
        let fixture = try await APIFixture(log: log)
        let (header, payload) = try Forger.parts(of: try await fixture.token("ada"))
        let forged = header.replacing(#""alg":"HS256""#, with: #""alg":"\#(name)""#)
        #expect(forged != header)

        let signed = try Forger().token(header: forged, payload: payload)
        let reason = name.isEmpty ? "bad_token_unsupported_header" : "bad_token_algorithm_mismatch"
        await expectRefused(signed, as: reason, by: fixture, log)
        let unsigned = signed.split(separator: ".").dropLast().joined(separator: ".")
        await expectRefused(unsigned + ".", as: "bad_token_malformed", by: fixture, log)
        await expectRefused(unsigned, as: "bad_token_malformed", by: fixture, log)
        // With a good signature of the key over the header as it was.
        await expectRefused(
            unsigned + "." + (try #require(try await fixture.token("ada").split(separator: ".").last)),
            as: reason, by: fixture, log)
    }

    // Behaviour E68
    @Test("HMACs made with a published key are rejected")
    func publishedKey() async throws {
        let log = LogLines()
        let fixture = try await APIFixture(signing: .stored(.es256, rotationPeriod: nil), log: log)
        let (header, payload) = try Forger.parts(of: try await fixture.token("ada"))
        let published = await fixture.send(.get, "/.well-known/jwks.json")
        let jwk = try #require(published.json?["keys"]?.arrayValue?.first)
        let id = try #require(jwk.objectValue?["kid"]?.stringValue)
        let x = try #require(jwk.objectValue?["x"]?.stringValue)
        let y = try #require(jwk.objectValue?["y"]?.stringValue)
        let point = try #require(Base64URL.decode(x.utf8)) + (try #require(Base64URL.decode(y.utf8)))
        let forged = header.replacing("ES256", with: "HS256")
        #expect(forged != header)

        for secret in [published.reply.body, jwk.serialized, point, [4] + point, Array((x + y).utf8)] {
            let forger = Forger(try SigningKey(secret: secret, id: id))
            for header in [forged, header] {
                let reason = header == forged ? "bad_token_algorithm_mismatch" : "bad_token_bad_signature"
                await expectRefused(
                    try forger.token(header: header, payload: payload), as: reason, by: fixture, log)
            }
        }
    }

    // Behaviour E69
    @Test("a header with an embedded key or a key URL is rejected without any request")
    func broughtKeys() async throws {
        let visitors = try await VisitorCount()
        let log = LogLines()
        let fixture = try await APIFixture(signing: .stored(.es256, rotationPeriod: nil), log: log)
        let (header, payload) = try Forger.parts(of: try await fixture.token("ada"))
        let own = try SigningKey(generating: .es256)
        let ownJWK = String(decoding: JWKSet([try #require(own.publicJWK)]).serialized(), as: UTF8.self)
            .dropFirst(#"{"keys":["#.utf8.count).dropLast(2)
        let ownID = header.replacing(#/"kid":"[^"]*"/#, with: #""kid":"\#(own.id)""#)

        for more in [
            #""jwk":\#(ownJWK)"#, #""jku":"\#(visitors.url)/jwks.json""#, #""x5u":"\#(visitors.url)/cert.pem""#,
            #""x5c":["MIIB"]"#, #""crit":["exp"],"exp":1"#, #""crit":["b64"],"b64":false"#,
        ] {
            for header in [header, ownID] {
                let forged = "\(header.dropLast()),\(more)}"
                await expectRefused(
                    try Forger(own).token(header: forged, payload: payload), as: "bad_token_unsupported_header",
                    by: fixture, log)
            }
        }
        // A key that is not known is not looked for either.
        await expectRefused(
            try Forger(own).token(header: ownID, payload: payload), as: "bad_token_unknown_key", by: fixture, log)

        #expect(visitors.count == 0)
        try await visitors.visit()
        #expect(visitors.count == 1)
    }

    // Behaviour E78
    @Test("tokens issued in one second differ, each with its own id")
    func unique() async throws {
        let fixture = try await APIFixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        var tokens = [pair.accessToken]
        for _ in 0..<20 {
            tokens.append(try await fixture.token("ada"))
            let refreshed = await fixture.send(
                .post, "/auth/refresh", #"{"refresh_token":"\#(pair.refreshToken)"}"#)
            tokens.append(try #require(refreshed.text("access_token")))
        }

        let claims = try tokens.map(Forger.claims(of:))
        #expect(Set(claims.map { $0["iat"]?.int64Value }).count == 1)
        #expect(Set(tokens).count == tokens.count)
        #expect(Set(claims.map { $0["jti"]?.stringValue }).count == tokens.count)
        for token in tokens { #expect(await fixture.send(.get, "/auth/me", token: token).status == 200) }
    }
}

/// A server on this machine that counts who comes to it.
private struct VisitorCount {
    private let counter = Counter()
    private let channel: any Channel

    init() async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [counter] channel in
                counter.add()
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var count: Int { counter.value.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Comes once and waits until that was seen.
    func visit() async throws {
        let address = try #require(channel.localAddress)
        let seen = channel.eventLoop.makePromise(of: Void.self)
        counter.promise.withLock { $0 = seen }
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(to: address).get()
        try await seen.futureResult.get()
        try await client.close()
        try await channel.close()
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
        let promise = Mutex<EventLoopPromise<Void>?>(nil)

        func add() {
            value.withLock { $0 += 1 }
            promise.withLock { $0 }?.succeed()
        }
    }
}
