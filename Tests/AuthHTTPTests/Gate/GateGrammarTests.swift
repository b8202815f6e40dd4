// SPDX-License-Identifier: Apache-2.0

import AuthCore
import HTTPTypes
import NIOHTTP1
import Testing

@testable import AuthHTTP
@testable import AuthHTTPServer

/// The fields and targets that the gate and the router interpret, against their grammar.
@Suite("Header fields and paths at the gate")
struct GateGrammarTests {
    // MARK: Content-Encoding

    // Behaviour A9
    @Test("a coded body and a repeated media type are refused with 415, and the reply names the coding that is read")
    func unsupportedBodies() async {
        let gate = Sample.gate()
        func post(_ fields: [(String, String)]) async -> Seen {
            var headers = HTTPHeaders(fields)
            headers.add(name: "Host", value: "a")
            headers.add(name: "Authorization", value: "Bearer user")
            let request = Request(
                method: .post, target: "/items", headers: headers, peer: IPAddress("192.0.2.1"))
            return await gate.answer(request, body: Array(#"{"name":"a","count":1}"#.utf8))
        }

        let coded = await post([("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
        let repeated = await post([("Content-Type", "application/json"), ("Content-Type", "application/json")])

        #expect(coded.status == 415 && coded["accept-encoding"] == "identity")
        #expect(repeated.status == 415 && repeated["accept-encoding"] == nil)
        #expect(await post([("Content-Type", "application/json"), ("Content-Encoding", "identity")]).status == 201)
    }

    // MARK: Authorization

    @Test(
        "a bearer token follows its scheme in any case and one space or several",
        arguments: [
            ("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER   abc", "abc"), ("Bearer a b", "a b"),
            ("Bearerabc", nil), ("Bearer", nil), ("Basic abc", nil), ("", nil), ("Bearer\tabc", nil),
            ("Bearer\u{301} abc", nil),
            ("Bearer, abc", nil), ("\u{600}Bearer abc", nil), ("Beare", nil), ("Bearer \u{301}abc", "\u{301}abc"),
        ])
    func bearerTokens(value: String, token: String?) throws {
        let fields = ParsedHeaders(HTTPHeaders([("Authorization", value)]))

        #expect(try BearerToken.find(in: fields)?.utf8.elementsEqual((token ?? "").utf8) == (token == nil ? nil : true))
    }

    @Test("spaces are no token, and several Authorization fields are refused", arguments: [2, 3])
    func refusedAuthorization(count: Int) {
        let repeated = HTTPHeaders(Array(repeating: ("Authorization", "Bearer abc"), count: count))
        let empty = ParsedHeaders(HTTPHeaders([("Authorization", "Bearer  ")]))

        #expect(throws: Refusal(.malformedRequest)) { try BearerToken.find(in: ParsedHeaders(repeated)) }
        #expect(throws: Refusal(.invalidToken)) { try BearerToken.find(in: empty) }
    }

    // MARK: Origin

    @Test("an origin is listed by its octets", arguments: ["https://app.\u{212A}.test", "https://app.K.test\u{301}"])
    func origins(text: String) {
        // Equal in Swift to the first of them, in which the Kelvin sign stands.
        let listed = "https://app.K.test"
        let policy = CORSPolicy(origins: [listed])
        var configuration = HTTPConfiguration()
        configuration.allowedOrigins = [listed]
        let pages = CSRFPolicy(configuration)
        func sends(_ origin: String) -> Bool {
            pages.maySend(Request(method: .post, target: "/", headers: HTTPHeaders([("Origin", origin)]), peer: nil))
        }

        #expect(policy.fields(for: text).isEmpty && !policy.fields(for: listed).isEmpty)
        #expect(!sends(text) && sends(listed))
    }

    // MARK: Paths

    @Test("a path of other octets is another path, also where Unicode makes them equal")
    func paths() {
        let gate = Sample.gate(endpoints: [
            Endpoint(
                method: .get, path: "/K/me", operationID: "kelvin", tag: .users, summary: "K", access: .anyone,
                limit: .none, replies: [.empty(.noContent, "K")],
                handle: { (call) throws(Refusal) in call.replies.empty() })
        ])
        func isFound(_ target: String) -> Bool {
            if case .route = gate.router.match(.get, target) { true } else { false }
        }

        #expect(isFound("/K/me") && isFound("/%4B/me"))
        // The Kelvin sign, which is K to Swift, and what joins the slash or the letter before it.
        for target in ["/%E2%84%AA/me", "/\u{212A}/me", "/K%D8%80/me", "/K/me%CC%81"] {
            #expect(!isFound(target), "\(target)")
        }
    }
}
