// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Signs access tokens with one key.
///
/// Makes no decision about the claims; times and ids are the caller's.
///
/// - Source: RFC 9068 §2, RFC 7515 §7.1.
public struct AccessTokenIssuer: Sendable {
    /// The key that signs.
    public let key: SigningKey

    /// The encoded header and the dot behind it: the same for every token of a key.
    private let prefix: [UInt8]

    /// Prepares the header, `{"alg":…,"kid":…,"typ":"at+jwt"}`.
    public init(_ key: SigningKey) {
        self.key = key
        prefix = key.verificationKey.accessTokenHeader + [UInt8(ascii: ".")]
    }

    /// Signs the claims; the token is in compact form.
    ///
    /// Cost: that of ``SigningKey/signature(for:)-([UInt8])`` and a microsecond or two.
    ///
    /// - Throws: `.libraryFailure`.
    public func token(for claims: AccessTokenClaims) throws(KeyError) -> String {
        let payload = claims.serialized()
        var text: [UInt8] = []
        text.reserveCapacity(prefix.count + payload.count * 4 / 3 + 352)
        text += prefix
        Base64URL.encode(payload, appendingTo: &text)
        let signature = try key.signature(for: text)
        text.append(UInt8(ascii: "."))
        Base64URL.encode(signature, appendingTo: &text)
        // All that was appended is ASCII, so this decoding cannot repair anything.
        return String(decoding: text, as: UTF8.self)
    }
}

extension VerificationKey {
    /// The encoded header of every access token that is signed here with the key.
    var accessTokenHeader: [UInt8] {
        let header = JWSHeader(algorithm: algorithm.rawValue, keyID: id, type: AccessTokenClaims.headerType)
        var encoded: [UInt8] = []
        Base64URL.encode(header.serialized(), appendingTo: &encoded)
        return encoded
    }
}
