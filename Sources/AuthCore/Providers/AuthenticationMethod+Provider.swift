// SPDX-License-Identifier: Apache-2.0

extension AuthenticationMethod {
    /// A sign-in by an identity provider, at `instant`; how the provider did it is not known.
    ///
    /// The name is none of RFC 8176, which has none for this.
    public static func provider(at instant: Timestamp) -> AuthenticationMethod {
        AuthenticationMethod(name: "fed", at: instant)
    }
}
