// SPDX-License-Identifier: Apache-2.0

extension AccessTokenClaims {
    /// Reads the payload of a token whose signature is good; claims of other names are ignored.
    ///
    /// - Throws: `.malformed` if it is no JSON object; `.wrongType` if `type` is not `access`; `.missingClaim`;
    ///   `.badClaim` for a claim of the wrong type, an empty text or audience, a fraction, or a time before 1970 or after
    ///   the year 9999. `null` is a wrong type.
    public init(payload: [UInt8]) throws(TokenError) {
        var claims = ClaimReader()
        do throws(JSONError) {
            try payload.withUnsafeBufferPointer { (buffer) throws(JSONError) in
                try JSONReader.readMembers(buffer, limits: .standard) { (name, reader) throws(JSONError) in
                    try claims.take(name, from: &reader)
                }
            }
        } catch {
            throw .malformed
        }
        self = try claims.finished()
    }

    /// Takes the claims out of a JSON object.
    ///
    /// - Throws: As ``init(payload:)``.
    public init(json: JSONObject) throws(TokenError) {
        try self.init(payload: JSONValue.object(json).serialized)
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
            claims.member(ifPresent: "role_ver", roleEpoch)
            if let isEmailVerified { claims.member("email_verified", isEmailVerified) }
            claims.member(ifPresent: "auth_time", authenticatedAtSeconds)
            if !authenticationMethods.isEmpty { claims.member("amr", authenticationMethods) }
            claims.member(ifPresent: "acr", authenticationContext)
            claims.member("ver", epoch)
            claims.member("type", AccessTokenClaims.claimType)
            if let appMetadata { claims.member("app_metadata", .object(appMetadata)) }
            if let userMetadata { claims.member("user_metadata", .object(userMetadata)) }
        }
    }

    /// The claims as JSON text.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512)
        write(into: &writer)
        return writer.bytes
    }
}
