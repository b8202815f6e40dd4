// SPDX-License-Identifier: Apache-2.0

extension AuthenticationMethod {
    /// A mail of Supabase's API, under a name of ``SupabaseMailKind/method(isExchange:)``, used at `instant`.
    public static func supabase(_ name: String, at instant: Timestamp) -> AuthenticationMethod {
        AuthenticationMethod(name: name, at: instant)
    }

    /// A sign-in that proved nothing, by which a guest came into being at `instant`.
    public static func anonymous(at instant: Timestamp) -> AuthenticationMethod {
        AuthenticationMethod(name: "anon", at: instant)
    }
}
