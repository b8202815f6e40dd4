// SPDX-License-Identifier: Apache-2.0

/// The NIST curves that sign tokens, by their JWK names.
///
/// - Source: RFC 7518 §6.2.1.1.
enum EllipticCurve: String, Hashable, Sendable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// The length of a coordinate and of the private scalar; signatures are twice as long.
    var coordinateByteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// The one algorithm that a key on this curve can have.
    var algorithm: SignatureAlgorithm {
        switch self {
        case .p256: .es256
        case .p384: .es384
        case .p521: .es512
        }
    }
}
