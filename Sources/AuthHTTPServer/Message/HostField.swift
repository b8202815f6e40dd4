// SPDX-License-Identifier: Apache-2.0

/// The `Host` of a request.
enum HostField {
    /// Whether a value is made of the octets that a host and a port have; an empty one is.
    ///
    /// A proxy that reads a user name, a path or a second host into it routes the request elsewhere than the value says.
    ///
    /// - Source: RFC 9112 §3.2, RFC 3986 §3.2.2
    static func isWellFormed(_ value: String) -> Bool {
        value.utf8.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "@"), UInt8(ascii: ","): false
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "%"): true
            default: HTTPSyntax.isPathByte(octet)
            }
        }
    }
}
