// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import CLibCrypto

/// The digest of an access token that an id token carries as `at_hash`.
///
/// - Source: OpenID Connect Core §3.1.3.6.
enum AccessTokenHash {
    /// The left half of the digest that the id token's algorithm uses, in base64url; Ed25519 uses SHA-512.
    ///
    /// - Returns: `nil` where libcrypto could not compute it.
    static func text(of accessToken: String, for algorithm: SignatureAlgorithm) -> String? {
        let octets = digest(of: Array(accessToken.utf8), by: algorithm.digestName ?? "SHA512")
        return octets.isEmpty ? nil : Base64URL.encode(octets.prefix(octets.count / 2))
    }

    private static func digest(of message: [UInt8], by name: String) -> [UInt8] {
        // The longest digest has 64 octets.
        [UInt8](unsafeUninitializedCapacity: 64) { output, count in
            var size = 0
            let isDone = EVP_Q_digest(nil, name, nil, message, message.count, output.baseAddress, &size) == 1
            count = isDone ? size : 0
        }
    }
}
