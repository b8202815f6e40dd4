// SPDX-License-Identifier: Apache-2.0

/// Why a token is not accepted.
///
/// Names of claims are constants of this module, and text of the token stands in ``wrongIssuer(expected:found:)`` alone, which
/// `TokenVerifier` throws for signed text only, so errors are safe to log. The client that presented the token gets the same
/// answer for all of them.
@nonexhaustive
public enum TokenError: Error, Hashable, Sendable {
    /// Not three base64url segments of which the first two hold JSON objects.
    case malformed
    /// Longer than the limit; nothing was decoded.
    case tooLarge
    /// A header parameter that is rejected: `crit`, `b64`, an embedded or linked key, or one of a wrong type.
    case unsupportedHeader
    /// A token of another kind, by its header or by its `type` claim.
    case wrongType
    /// No key has this key id.
    case unknownKey
    /// The algorithm is not the one that the key is for; `none` always.
    case algorithmMismatch
    /// The signature does not belong to this text and key.
    case badSignature
    /// The signature could not be checked for lack of memory: this says nothing about the token, which may be presented
    /// again.
    case uncheckable
    /// The expiry is now or past.
    case expired
    /// The token is not valid before a time that has not come.
    case notYetValid
    /// Issued at a time that has not come.
    case issuedInFuture
    /// Another issuer than the one that is trusted, such as the same server under another name, port or scheme.
    indirect case wrongIssuer(expected: String, found: String)
    /// Issued for another audience.
    case wrongAudience
    /// A required claim is absent.
    case missingClaim(String)
    /// A claim has the wrong type, is empty, or is out of bounds.
    case badClaim(String)
    /// The session has ended, the user was deleted, or all of the user's tokens were revoked.
    case revoked
    /// The revocation feed has been silent for too long, so the token may have been revoked.
    case revocationsUnknown

    /// The stable word for logs and metrics; the claim is not part of it.
    public var code: String {
        switch self {
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .unsupportedHeader: "unsupported_header"
        case .wrongType: "wrong_type"
        case .unknownKey: "unknown_key"
        case .algorithmMismatch: "algorithm_mismatch"
        case .badSignature: "bad_signature"
        case .uncheckable: "uncheckable"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .issuedInFuture: "issued_in_future"
        case .wrongIssuer: "wrong_issuer"
        case .wrongAudience: "wrong_audience"
        case .missingClaim: "missing_claim"
        case .badClaim: "bad_claim"
        case .revoked: "revoked"
        case .revocationsUnknown: "revocations_unknown"
        }
    }
}
