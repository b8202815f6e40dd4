// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The client secret for Apple's token endpoint: a token that one of the team's keys signs.
///
/// - Source: Apple, "Creating a client secret".
public enum AppleClientSecret {
    /// How long one is valid; it is made for each request.
    public static let lifetime = Duration.seconds(300)

    /// Makes a secret.
    ///
    /// - Parameters:
    ///   - teamID: The id of the team of developers.
    ///   - keyID: What Apple calls the key.
    ///   - clientID: The client id, a Services ID or an App ID.
    ///   - key: The key, for ES256.
    ///   - now: When the secret is used.
    /// - Returns: The secret, which is ASCII.
    /// - Throws: `.algorithmMismatch` for a key of another kind, `.libraryFailure`.
    public static func make(
        teamID: String, keyID: String, clientID: String, key: SigningKey, at now: Timestamp
    ) throws(KeyError) -> String {
        guard case .es256 = key.algorithm else { throw .algorithmMismatch }
        var payload = JSONWriter()
        payload.object { claims in
            claims.member("iss", teamID)
            claims.member("iat", now.seconds)
            claims.member("exp", (now + lifetime).seconds)
            claims.member("aud", "https://appleid.apple.com")
            claims.member("sub", clientID)
        }
        let header = JWSHeader(algorithm: key.algorithm.rawValue, keyID: keyID)
        return try CompactJWS.make(header: header, payload: payload.bytes) { (input) throws(KeyError) in
            try key.signature(for: input)
        }
    }
}
