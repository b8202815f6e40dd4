// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Signs tokens in the form of Supabase's with one key; it makes no decision about the claims.
public struct SupabaseTokenIssuer: Sendable {
    /// The key that signs.
    public let key: SigningKey

    /// The encoded header and the dot behind it: the same for every token of a key.
    private let prefix: [UInt8]

    /// Prepares the header, `{"alg":…,"kid":…,"typ":"JWT"}`.
    public init(_ key: SigningKey) {
        self.key = key
        let header = JWSHeader(algorithm: key.algorithm.rawValue, keyID: key.id, type: "JWT")
        var encoded: [UInt8] = []
        Base64URL.encode(header.serialized(), appendingTo: &encoded)
        prefix = encoded + [UInt8(ascii: ".")]
    }

    /// Signs a payload, which is the JSON of the claims; the token is in compact form.
    ///
    /// - Throws: `.libraryFailure`.
    public func token(payload: [UInt8]) throws(KeyError) -> String {
        var text = prefix
        text.reserveCapacity(prefix.count + payload.count * 4 / 3 + 352)
        Base64URL.encode(payload, appendingTo: &text)
        let signature = try key.signature(for: text)
        text.append(UInt8(ascii: "."))
        Base64URL.encode(signature, appendingTo: &text)
        // All that was appended is ASCII, so this decoding cannot repair anything.
        return String(decoding: text, as: UTF8.self)
    }
}
