// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// The `WWW-Authenticate` value of a refusal.
///
/// - Source: RFC 6750 §3: without a token, no error code is sent.
enum BearerChallenge {
    /// `nil` for a problem that is not about authentication or scope.
    static func value(for refusal: Refusal, realm: String) -> String? {
        let challenge = "Bearer realm=\"\(realm)\""
        switch refusal.kind {
        case .unauthenticated, .invalidCredentials, .invalidRefreshToken, .refreshReused:
            return challenge
        case .invalidToken:
            return challenge + ", error=\"invalid_token\", error_description=\"\(refusal.kind.title)\""
        case .insufficientScope:
            let scope = refusal.missing.map { ", scope=\"\($0.name)\"" } ?? ""
            return challenge + ", error=\"insufficient_scope\"" + scope
        default:
            // Every 401 must name a scheme (RFC 9110 §11.6.1); the cases above are all of them.
            return refusal.kind.status == .unauthorized ? challenge : nil
        }
    }

    /// A realm that can stand between quotation marks: printable ASCII without quotation mark and backslash.
    static func realm(from name: String) -> String {
        String(
            name.unicodeScalars.filter { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7f && $0 != "\"" && $0 != "\\" }
                .map(Character.init))
    }
}
