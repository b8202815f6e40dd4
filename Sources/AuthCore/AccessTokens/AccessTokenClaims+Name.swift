// SPDX-License-Identifier: Apache-2.0

extension AccessTokenClaims {
    /// The claims that are read; the raw value is the name on the wire.
    enum Name: String, CaseIterable {
        case iss, sub, aud, exp, iat, nbf, jti, sid
        case clientID = "client_id"
        case scope, role
        case roleEpoch = "role_ver"
        case emailVerified = "email_verified"
        case authTime = "auth_time"
        case amr, acr, ver, type
        case appMetadata = "app_metadata"
        case userMetadata = "user_metadata"

        /// All claims, in the order that ``index(of:)`` counts.
        static let all = allCases
        private static let keys = allCases.map { JSONName($0.rawValue).key }

        /// The place of a claim in ``all``; `nil` for a claim that is ignored.
        static func index(of name: JSONName) -> Int? {
            // Long names share the key 0, which is no claim's.
            keys.firstIndex(of: name.key)
        }
    }
}
