// SPDX-License-Identifier: Apache-2.0

/// What a key of Supabase's API says that is a signed token: no user, and a role of the contract's.
///
/// Nothing of it grants anything by itself: a key counts only by the signature of the key for keys and by its row, or under a
/// secret that the operator has set for this alone.
public struct SupabaseKeyClaims: Hashable, Sendable {
    /// `iss`: who issued the key.
    public let issuer: String?
    /// `role`: `anon`, `service_role` or `supabase_admin`.
    public let role: String
    /// `jti`: the row of the key; `nil` for a key that has none.
    public let tokenID: String?
    /// `exp`: from when on the key is rejected; `nil` for one that never expires.
    public let expiresAtSeconds: Int64?

    /// Reads the payload of a key whose signature is good; claims of other names are ignored, and `null` is absent.
    ///
    /// - Throws: `.malformed` if it is no JSON object; `.missingClaim("role")`; `.badClaim`.
    public init(payload: [UInt8]) throws(TokenError) {
        let claims = try SupabaseClaimReader(payload)
        role = try claims.requiredText("role")
        issuer = try claims.text("iss")
        tokenID = try claims.text("jti")
        expiresAtSeconds = try claims.seconds("exp")
    }
}
