// SPDX-License-Identifier: Apache-2.0

/// What a derived key is for.
///
/// A key serves one purpose only.
public enum KeyPurpose: CaseIterable, Sendable {
    /// Encrypts signing keys, keys of the audit log and other secrets in the store.
    case sealing
    /// Authenticates refresh tokens.
    case refreshToken
    /// Digests the addresses of clients for the limits by source.
    case sourceDigest
    /// Digests names and addresses that people sign in with.
    case identifierDigest
    /// Digests one-time tokens.
    case oneTimeToken
    /// Shows that two processes hold the same root key.
    case rootKeyCheck
    /// Draws the hash that an unknown user is checked against.
    case dummyHash
    /// Digests whose failed sign-ins a budget counts.
    case limiterDigest
    /// Authenticates the tokens of known devices.
    case deviceToken
    /// Draws the id that is read for an unknown identifier.
    case decoyUser
    /// Draws the `Message-ID` of a mail, the same at each delivery.
    case mailIdentifier
    /// Authenticates the flows of sign-ins by identity providers.
    case providerFlow
    /// Authenticates secret keys of Supabase's API, and names budgets of addresses there.
    case supabase

    /// The HKDF info string.
    ///
    /// It outlives every release: changing one voids whatever its key protects.
    var label: String {
        switch self {
        case .sealing: "authd/v1/sealing"
        case .refreshToken: "authd/v1/refresh-token"
        case .sourceDigest: "authd/v1/source-digest"
        case .identifierDigest: "authd/v1/identifier-digest"
        case .oneTimeToken: "authd/v1/one-time-token"
        case .rootKeyCheck: "authd/v1/root-key-check"
        case .dummyHash: "authd/v1/dummy-hash"
        case .limiterDigest: "authd/v1/limiter-digest"
        case .deviceToken: "authd/v1/device-token"
        case .decoyUser: "authd/v1/decoy-user"
        case .mailIdentifier: "authd/v1/mail-identifier"
        case .providerFlow: "authd/v1/provider-flow"
        case .supabase: "authd/v1/supabase"
        }
    }
}
