// SPDX-License-Identifier: Apache-2.0

extension AccessTokenClaims {
    /// Reads the payload of a token whose signature is good.
    ///
    /// - Throws: `.malformed` if it is no JSON object, else as ``init(json:)``.
    public init(payload: [UInt8]) throws(TokenError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(payload)
        } catch {
            throw .malformed
        }
        guard let object = value.objectValue else { throw .malformed }
        try self.init(json: object)
    }

    /// Takes the claims out of a JSON object; claims of other names are ignored.
    ///
    /// - Throws: `.wrongType` if `type` is not `access`; `.missingClaim`; `.badClaim` for a claim of the wrong type, an
    ///   empty text or audience, a fraction, or a time before 1970 or after the year 9999. `null` is a wrong type.
    public init(json: JSONObject) throws(TokenError) {
        var claims = ClaimReader()
        for member in json.members { try claims.read(member) }
        self = try claims.finished()
    }

    /// Writes the claims as one object, in a constant order and without absent ones.
    public func write(into writer: inout JSONWriter) {
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("sub", subject)
            if audience.count == 1, let only = audience.first {
                claims.member("aud", only)
            } else {
                claims.member("aud", audience)
            }
            claims.member("exp", expiresAtSeconds)
            claims.member("iat", issuedAtSeconds)
            claims.member(ifPresent: "nbf", notBeforeSeconds)
            claims.member("jti", tokenID)
            claims.member(ifPresent: "sid", sessionID)
            claims.member(ifPresent: "client_id", clientID)
            claims.member("scope", scope)
            claims.member(ifPresent: "role", role)
            claims.member(ifPresent: "auth_time", authenticatedAtSeconds)
            if !authenticationMethods.isEmpty { claims.member("amr", authenticationMethods) }
            claims.member(ifPresent: "acr", authenticationContext)
            claims.member("ver", epoch)
            claims.member("type", AccessTokenClaims.claimType)
        }
    }

    /// The claims as JSON text.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        write(into: &writer)
        return writer.bytes
    }
}

/// Collects claims in the order in which they come, so that a token is walked once.
private struct ClaimReader {
    /// The last second of the year 9999; beyond it no clock and no date format goes.
    static let latestSecond: Int64 = 253_402_300_799

    var issuer: String?
    var subject: String?
    var audience: [String]?
    var expiresAt: Int64?
    var issuedAt: Int64?
    var notBefore: Int64?
    var tokenID: String?
    var sessionID: String?
    var clientID: String?
    var scope = ""
    var role: String?
    var authenticatedAt: Int64?
    var methods: [String] = []
    var context: String?
    var epoch: Int64?
    var isAccess = false

    mutating func read(_ member: JSONObject.Member) throws(TokenError) {
        let value = member.value
        switch member.name {
        case "iss": issuer = try text(value, "iss")
        case "sub": subject = try text(value, "sub")
        case "aud": audience = try texts(value, "aud", acceptsOne: true)
        case "exp": expiresAt = try time(value, "exp")
        case "iat": issuedAt = try time(value, "iat")
        case "nbf": notBefore = try time(value, "nbf")
        case "jti": tokenID = try text(value, "jti")
        case "sid": sessionID = try text(value, "sid")
        case "client_id": clientID = try text(value, "client_id")
        case "scope":
            guard let text = value.stringValue else { throw .badClaim("scope") }
            scope = text
        case "role": role = try text(value, "role")
        case "auth_time": authenticatedAt = try time(value, "auth_time")
        case "amr": methods = try texts(value, "amr", acceptsOne: false)
        case "acr": context = try text(value, "acr")
        case "ver":
            guard let number = value.int64Value, number >= 0 else { throw .badClaim("ver") }
            epoch = number
        case "type":
            guard value.stringValue == AccessTokenClaims.claimType else { throw .wrongType }
            isAccess = true
        default: return
        }
    }

    func finished() throws(TokenError) -> AccessTokenClaims {
        guard isAccess else { throw .missingClaim("type") }
        guard let issuer else { throw .missingClaim("iss") }
        guard let subject else { throw .missingClaim("sub") }
        guard let audience else { throw .missingClaim("aud") }
        guard let expiresAt else { throw .missingClaim("exp") }
        guard let issuedAt else { throw .missingClaim("iat") }
        guard let tokenID else { throw .missingClaim("jti") }
        guard let epoch else { throw .missingClaim("ver") }
        return AccessTokenClaims(
            issuer: issuer, subject: subject, audience: audience, expiresAtSeconds: expiresAt,
            issuedAtSeconds: issuedAt, notBeforeSeconds: notBefore, tokenID: tokenID, sessionID: sessionID,
            clientID: clientID, scope: scope, role: role, authenticatedAtSeconds: authenticatedAt,
            authenticationMethods: methods, authenticationContext: context, epoch: epoch)
    }

    private func text(_ value: JSONValue, _ name: String) throws(TokenError) -> String {
        guard case .string(let text) = value, !text.isEmpty else { throw .badClaim(name) }
        return text
    }

    private func texts(_ value: JSONValue, _ name: String, acceptsOne: Bool) throws(TokenError) -> [String] {
        if acceptsOne, case .string = value { return [try text(value, name)] }
        guard case .array(let elements) = value, !elements.isEmpty else { throw .badClaim(name) }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements { texts.append(try text(element, name)) }
        return texts
    }

    private func time(_ value: JSONValue, _ name: String) throws(TokenError) -> Int64 {
        guard let seconds = value.int64Value, 0...ClaimReader.latestSecond ~= seconds else { throw .badClaim(name) }
        return seconds
    }
}
