// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// A signed token in compact form of which nothing has been checked.
///
/// - Source: RFC 7515 §3.1.
package struct SupabaseJWS: Sendable {
    /// The longest token in octets by default.
    package static let maximumBytes = 16_384

    /// The header, which is not trusted: the algorithm has to agree with the key's.
    package let header: JWSHeader

    private let payload: [UInt8]
    private let signature: [UInt8]
    private let signingInput: [UInt8]

    /// Takes a token apart.
    ///
    /// - Throws: `.tooLarge`, `.malformed`, `.unsupportedHeader`, or `.algorithmMismatch` for `none` in any case.
    package init(_ token: String, maximumBytes: Int = SupabaseJWS.maximumBytes) throws(TokenError) {
        guard token.utf8.count <= maximumBytes else { throw .tooLarge }
        let octets = Array(token.utf8)
        let segments = try octets.withUnsafeBufferPointer { (bytes) throws(TokenError) in
            try CompactJWS(bytes, maximumBytes: maximumBytes)
        }
        guard let json = Base64URL.decode(octets[segments.header]),
            let payload = Base64URL.decode(octets[segments.payload]),
            let signature = Base64URL.decode(octets[segments.signature])
        else { throw .malformed }
        header = try JWSHeader(json: json)
        self.payload = payload
        self.signature = signature
        signingInput = Array(octets[segments.signingInput])
    }

    /// The payload, if it was signed with a key, by the algorithm that the key is for.
    ///
    /// - Throws: `.algorithmMismatch`, `.badSignature`, `.uncheckable`.
    package func payload(signedWith key: VerificationKey) throws(TokenError) -> [UInt8] {
        guard header.algorithm.hasSameOctets(as: key.algorithm.rawValue) else { throw .algorithmMismatch }
        let isValid: Bool
        do throws(KeyError) {
            isValid = try signature.withUnsafeBufferPointer { (signature) throws(KeyError) in
                try signingInput.withUnsafeBufferPointer { (input) throws(KeyError) in
                    try key.verify(signature, for: input)
                }
            }
        } catch {
            throw .uncheckable
        }
        guard isValid else { throw .badSignature }
        return payload
    }
}
