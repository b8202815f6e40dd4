// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthTesting
import Testing

@testable import AuthService

@Suite("Secrets of provider flows")
struct ProviderFlowSecretsTests {
    private let now = Timestamp(seconds: 1_767_225_600)

    private func key(_ octet: UInt8) -> SecretBytes { SecretBytes([UInt8](repeating: octet, count: 32)) }

    private func secrets(_ current: UInt8 = 1, previous: [UInt8] = []) -> ProviderFlowSecrets {
        ProviderFlowSecrets(
            current: key(current), previous: previous.map(key),
            sealer: Sealer(current: key(current &+ 100), previous: previous.map { key($0 &+ 100) }))
    }

    @Test("a state is of its provider and use, and has its id, its expiry, and what is derived of both")
    func states() throws {
        let secrets = secrets()
        let corp = try ProviderName("corp")
        let (state, made) = secrets.make(.state, for: corp, at: now, random: SeededRandom())
        let read = try #require(secrets.flow(of: state, .state, for: corp))
        #expect(state.utf8.count == 54)
        #expect(read.expiresAt == now + .seconds(600) && read.id == made.id)
        #expect(read.verifier == made.verifier && read.nonce == made.nonce && read.challenge == made.challenge)
        #expect(read.verifier.utf8.count == 43 && read.nonce.utf8.count == 43 && read.verifier != read.nonce)
        #expect(ProviderFlowSecrets.digest(ofVerifier: read.verifier) == Base64URL.decode(read.challenge))
        #expect(ProviderFlowSecrets.suffix(of: state) == Base64URL.encode(read.id.prefix(6)))
        #expect(!state.contains(read.verifier) && !state.contains(read.nonce))

        #expect(secrets.flow(of: state, .nativeNonce, for: corp) == nil)
        #expect(secrets.flow(of: state, .state, for: try ProviderName("corpo")) == nil)
        #expect(self.secrets(2).flow(of: state, .state, for: corp) == nil)
        let (other, _) = secrets.make(.state, for: corp, at: now, random: SeededRandom(seed: 2))
        #expect(other != state)
    }

    @Test("a flow that began under an earlier root key ends with the secrets that it began with")
    func rotation() throws {
        let name = try ProviderName("corp")
        let (state, made) = secrets().make(.state, for: name, at: now, random: SeededRandom())
        let read = try #require(secrets(2, previous: [1]).flow(of: state, .state, for: name))
        #expect(read.verifier == made.verifier && read.nonce == made.nonce && read.digest == made.digest)
        let sealed = secrets().seal([1, 2, 3], for: .cookie(state: state), random: SeededRandom())
        #expect(secrets(2, previous: [1]).open(sealed, for: .cookie(state: state)) == [1, 2, 3])
        #expect(secrets(2).open(sealed, for: .cookie(state: state)) == nil)
    }

    @Test("what was sealed opens in its place alone, and not when a single bit is another")
    func sealing() throws {
        let secrets = secrets()
        let content = Array("content".utf8)
        let sealed = secrets.seal(content, for: .cookie(state: "s"), random: SeededRandom())
        #expect(secrets.open(sealed, for: .cookie(state: "s")) == content)
        for place in [
            ProviderFlowSecrets.Place.cookie(state: "t"), .parked(state: "s"), .ticket(try ProviderName("s")),
        ] {
            #expect(secrets.open(sealed, for: place) == nil)
        }
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(secrets.open(altered, for: .cookie(state: "s")) == nil)
        }
        #expect(secrets.open(text: Base64URL.encode(sealed), for: .cookie(state: "s")) == content)
        #expect(secrets.open(text: Base64URL.encode(sealed), for: .cookie(state: "s"), longest: 10) == nil)
        #expect(secrets.open([], for: .cookie(state: "s")) == nil)
    }

    @Test("codes and tokens are named by what cannot be respelled")
    func digests() throws {
        let (text, digest) = ProviderFlowSecrets.makeCode(random: SeededRandom())
        #expect(text.hasPrefix("apc_") && text.utf8.count == 47)
        #expect(ProviderFlowSecrets.digest(ofCode: text) == digest)
        for other in ["", "apc_", text + "A", "aot_" + text.dropFirst(4), String(text.dropLast())] {
            #expect(ProviderFlowSecrets.digest(ofCode: other) == nil)
        }
        #expect(
            ProviderFlowSecrets.digest(ofIDToken: "a.b.c")
                == ProviderFlowSecrets.digest(ofIDToken: "a.b.another spelling"))
        #expect(ProviderFlowSecrets.digest(ofIDToken: "a.b.c") != ProviderFlowSecrets.digest(ofIDToken: "a.c.c"))
        #expect(ProviderFlowSecrets.digest(ofVerifier: String(repeating: "a", count: 42)) == nil)
        #expect(ProviderFlowSecrets.digest(ofVerifier: String(repeating: "a", count: 129)) == nil)
        #expect(ProviderFlowSecrets.digest(ofVerifier: String(repeating: "+", count: 43)) == nil)
        // RFC 7636, appendix B.
        #expect(
            ProviderFlowSecrets.digest(ofVerifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == ProviderFlowSecrets.digest(ofChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
    }

    @Test("the content of a cookie, a ticket and a parked callback comes back as it was")
    func contents() throws {
        let (user, session) = (UserID.sample(1), SessionID.sample(2))
        let mode = ProviderFlowContent.Mode.link(user, session, challenge: [])
        let content = ProviderFlowContent(
            mode: mode, returnTo: "https://ä.test/\"", scope: "notes:read", isRemembered: false)
        let read = try #require(ProviderFlowContent(content.octets))
        #expect(read.returnTo == content.returnTo && read.scope == content.scope && !read.isRemembered)
        guard case .link(user, session, challenge: []) = read.mode else { throw ProviderTestFailure("\(read.mode)") }
        let cookie = ProviderFlowContent(mode: .cookie, returnTo: "x", scope: nil, isRemembered: true)
        guard case .cookie? = ProviderFlowContent(cookie.octets)?.mode else { throw ProviderTestFailure("the mode") }
        #expect(ProviderFlowContent([]) == nil && ProviderFlowContent(Array("{}".utf8)) == nil)

        let ticket = ProviderTicket(
            userID: user, sessionID: session, returnTo: "x", challenge: [7], expiresAt: Timestamp(microseconds: 9))
        let again = try #require(ProviderTicket(ticket.octets))
        #expect(again.userID == user && again.challenge == [7] && again.expiresAt == ticket.expiresAt)
        let callback = ProviderCallback(code: "c", iss: "i", state: "s", user: "{}")
        let parked = try #require(ProviderCallback(parked: callback.parkedOctets, state: "s"))
        #expect(parked.code == "c" && parked.iss == "i" && parked.user == "{}" && parked.error == nil)
    }

    @Test("nothing that holds a secret shows it")
    func redaction() throws {
        let callback = ProviderCallback(code: "the-code", state: "the-state")
        let request = ProviderRequest(.post([("code", "the-code")]), "https://x.test", fields: [("a", "the-code")])
        let response = ProviderResponse(status: 200, body: Array("the-code".utf8))
        for text in ["\(callback)", "\(request)", "\(response)", "\(ProviderSecret.shared("the-code"))"] {
            #expect(!text.contains("the-code"))
        }
        var dumped = ""
        dump(ConfiguredProvider(provider: .google(clientID: "id"), secret: .shared("the-code")), to: &dumped)
        dump((callback, request, response), to: &dumped)
        #expect(!dumped.contains("the-code"))
    }

    @Test("parameters are escaped, and added to a query that is there")
    func urls() {
        #expect(
            ProviderURL.adding([("a b", "ä&=+")], to: "https://x.test/a") == "https://x.test/a?a%20b=%C3%A4%26%3D%2B")
        #expect(ProviderURL.adding([("a", "b")], to: "https://x.test/a?c=d") == "https://x.test/a?c=d&a=b")
        #expect(ProviderURL.adding([("a", "b")], to: "https://x.test/a?") == "https://x.test/a?a=b")
        #expect(ProviderURL.basic("a:b", "c d") == "Basic YSUzQWI6YyUyMGQ=")
    }
}
