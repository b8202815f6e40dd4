// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthTokens
import Synchronization

/// What the endpoints for clients answer.
extension MockProviderTransport {
    /// The token endpoint: a code counts once, and only with all that belongs to it.
    func tokens(_ form: [(String, String)], _ request: ProviderRequest) throws -> ProviderResponse {
        switch lie {
        case .redirect: return ProviderResponse(status: 302, body: [])
        case .slow: throw ProviderFault.timedOut
        case .endless: return Self.endless(request)
        case .malformed: return Self.answer("{")
        case .failing: return Self.answer("{}", status: 500)
        case .refusedCode: return Self.answer(#"{"error":"invalid_grant"}"#, status: 400)
        default: break
        }
        func field(_ name: String) -> String? { form.first { $0.0 == name }?.1 }
        guard isAuthenticated(form, request) else { return Self.answer(#"{"error":"invalid_client"}"#, status: 401) }
        let grant = field("code").flatMap { code in state.withLock { $0.grants.removeValue(forKey: code) } }
        guard let grant, field("grant_type") == "authorization_code", field("redirect_uri") == grant.redirectURI,
            let verifier = field("code_verifier"),
            Base64URL.encode(SHA256.digest(Array(verifier.utf8))) == grant.challenge
        else { return Self.answer(#"{"error":"invalid_grant"}"#, status: 400) }
        let access = state.withLock { state in
            state.made += 1
            let access = "access-\(state.made)"
            state.bearers[access] = grant.person
            return access
        }
        var body: JSONObject = ["access_token": .string(access), "token_type": "Bearer", "expires_in": 3_600]
        if configured.provider.kind == .openID, lie != .noIDToken {
            let token = try token(
                for: grant.person, nonce: grant.nonce, accessToken: access, audience: configured.provider.clientID)
            body["id_token"] = .string(token)
        }
        return Self.json(.object(body))
    }

    private func isAuthenticated(_ form: [(String, String)], _ request: ProviderRequest) -> Bool {
        let text = "\(configured.provider.clientID):\(Self.secret.split(separator: " ").joined(separator: "%20"))"
        if let field = request.fields.first(where: { $0.name == "Authorization" }) {
            return field.value == "Basic \(Self.base64(text))"
        }
        return form.contains { $0 == ("client_id", configured.provider.clientID) }
            && form.contains { $0 == ("client_secret", Self.secret) }
    }

    private static func base64(_ text: String) -> String {
        let letters = Base64URL.encode(Array(text.utf8)).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        return String(letters) + String(repeating: "=", count: (4 - letters.count % 4) % 4)
    }

    /// The userinfo endpoint, or GitHub's `/user`.
    func userinfo(_ request: ProviderRequest) -> ProviderResponse {
        guard let person = bearer(of: request) else { return Self.answer("{}", status: 401) }
        if lie == .malformedUserinfo { return Self.answer("[") }
        var body = JSONObject()
        if configured.provider.kind == .gitHub {
            if let number = Int64(person.subject) { body["id"] = .number(JSONNumber(number)) }
            body["login"] = "ada"
            // What the user shows in public, which proves nothing.
            body["email"] = "public@example.test"
        } else {
            if lie != .userinfoWithoutSubject {
                body["sub"] = .string(lie == .foreignUserinfo ? "another" : person.subject)
            }
            if let email = person.email {
                body["email"] = .string(email)
                body["email_verified"] = .bool(isVerified(person))
            }
        }
        if let name = person.name { body["name"] = .string(name) }
        return Self.json(.object(body))
    }

    /// GitHub's `/user/emails`.
    func addresses(_ request: ProviderRequest) -> ProviderResponse {
        guard let person = bearer(of: request) else { return Self.answer("{}", status: 401) }
        guard let email = person.email else { return Self.answer("{}", status: 404) }
        return Self.json([
            ["email": "other@example.test", "primary": false, "verified": true],
            ["email": .string(email), "primary": true, "verified": .bool(isVerified(person))],
        ])
    }

    private func bearer(of request: ProviderRequest) -> Person? {
        guard let value = request.fields.first(where: { $0.name == "Authorization" })?.value,
            value.hasPrefix("Bearer ")
        else { return nil }
        return state.withLock { $0.bearers[String(value.dropFirst(7))] }
    }

    func isVerified(_ person: Person) -> Bool { person.isVerified && lie != .unverifiedAddress }
}

/// Id tokens.
extension MockProviderTransport {
    func token(for person: Person, nonce: String?, accessToken: String?, audience: String) throws -> String {
        let claims = claims(of: person, nonce: nonce, accessToken: accessToken, audience: audience)
        let key = state.withLock { $0.key }
        var header: JSONObject = ["alg": .string(key.algorithm.rawValue), "kid": .string(key.id), "typ": "JWT"]
        switch lie {
        case .notAToken: return "this is no token"
        case .noAlgorithm:
            header["alg"] = "none"
            return Self.signingInput(header, claims) + "."
        case .publicKeyAsSecret:
            header["alg"] = "HS256"
            let text = JWKSet([key.publicJWK].compactMap(\.self)).serialized()
            return try Self.signed(header, claims, by: SigningKey(secret: text))
        case .clientSecretAsKey:
            header["alg"] = "HS256"
            return try Self.signed(header, claims, by: SigningKey(secret: Array((Self.secret + Self.secret).utf8)))
        case .foreignKey: return try Self.signed(header, claims, by: stranger)
        case .embeddedKey:
            header["kid"] = .string(stranger.id)
            let set = stranger.publicJWK.map { JWKSet([$0]).serialized() } ?? []
            header["jwk"] = (try? JSONReader.read(set))?.objectValue?["keys"]?.arrayValue?.first
            return try Self.signed(header, claims, by: stranger)
        case .unknownKeyID:
            header["kid"] = "unknown"
            return try Self.signed(header, claims, by: key)
        case .criticalHeader:
            header["crit"] = ["exp"]
            return try Self.signed(header, claims, by: key)
        case .changedPayload:
            var changed = claims
            changed["sub"] = "another"
            let signature = try key.signature(for: Array(Self.signingInput(header, claims).utf8))
            return Self.signingInput(header, changed) + "." + Base64URL.encode(signature)
        default: return try Self.signed(header, claims, by: key)
        }
    }

    private static func signingInput(_ header: JSONObject, _ claims: JSONObject) -> String {
        Base64URL.encode(JSONValue.object(header).serialized) + "."
            + Base64URL.encode(JSONValue.object(claims).serialized)
    }

    private static func signed(_ header: JSONObject, _ claims: JSONObject, by key: SigningKey) throws -> String {
        let input = signingInput(header, claims)
        return input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)))
    }

    private func claims(of person: Person, nonce: String?, accessToken: String?, audience: String) -> JSONObject {
        let now = clock.now.seconds
        func time(_ offset: Int64) -> JSONValue { .number(JSONNumber(now + offset)) }
        var claims: JSONObject = [
            "iss": .string(issuer), "sub": .string(person.subject), "aud": .string(audience), "iat": time(0),
            "exp": time(3_600),
        ]
        claims["nonce"] = nonce.map { .string($0) }
        claims["name"] = person.name.map { .string($0) }
        if tellsAddressInToken, let email = person.email {
            claims["email"] = .string(email)
            claims["email_verified"] = .bool(isVerified(person))
        }
        if let accessToken, stranger.algorithm == .es256 || stranger.algorithm == .rs256 {
            claims["at_hash"] = .string(Base64URL.encode(SHA256.digest(Array(accessToken.utf8)).prefix(16)))
        }
        for member in person.claims.members { claims[member.name] = member.value }
        switch lie {
        case .wrongIssuer: claims["iss"] = .string(issuer + "/")
        case .wrongAudience: claims["aud"] = "another client"
        case .appAudience: claims["aud"] = .string(Self.appID)
        case .wrongAuthorizedParty:
            claims["aud"] = [.string(audience), "another client"]
            claims["azp"] = "another client"
        case .wrongNonce: claims["nonce"] = "another nonce"
        case .missingNonce: claims["nonce"] = nil
        case .missingSubject: claims["sub"] = nil
        case .longSubject: claims["sub"] = .string(String(repeating: "s", count: 256))
        case .expired:
            claims["iat"] = time(-400)
            claims["exp"] = time(-300)
        case .missingExpiry: claims["exp"] = nil
        case .missingIssuance: claims["iat"] = nil
        case .oldIssuance: claims["iat"] = time(-3_600)
        case .futureIssuance:
            claims["iat"] = time(86_400)
            claims["exp"] = time(90_000)
        case .wrongAccessTokenHash:
            claims["at_hash"] = .string(Base64URL.encode(SHA256.digest(Array("another".utf8)).prefix(16)))
        default: break
        }
        return claims
    }
}
