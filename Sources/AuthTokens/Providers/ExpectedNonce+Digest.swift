// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ExpectedNonce {
    /// A nonce, or its SHA-256 in lower-case hexadecimal, which the SDKs of Apple and Google put into the token.
    public static func exactlyOrDigest(_ nonce: String) -> ExpectedNonce {
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA256.digest(Array(nonce.utf8))
        // Empty where libcrypto could not compute it.
        guard !digest.isEmpty else { return .exactly(nonce) }
        let text = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
        return .oneOf([nonce, String(decoding: text, as: UTF8.self)])
    }
}
