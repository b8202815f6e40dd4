// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

/// Digests as clients of the contract write them.
enum SHA256Hex {
    /// The SHA-256 of a text in hexadecimal digits.
    static func of(_ text: String) -> String {
        SHA256.digest(Array(text.utf8)).map { octet in
            let digits = String(octet, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
