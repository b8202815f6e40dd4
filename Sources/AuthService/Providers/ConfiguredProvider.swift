// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthTokens

/// An identity provider with what authd proves itself by there.
public struct ConfiguredProvider: Sendable {
    /// The description.
    public let provider: IdentityProvider
    /// The secret.
    public let secret: ProviderSecret
    /// Whether Supabase's API accepts the provider's id tokens without a nonce, which makes a stolen one good once.
    public let allowsMissingNonce: Bool

    /// Puts both together.
    public init(provider: IdentityProvider, secret: ProviderSecret, allowsMissingNonce: Bool = false) {
        self.provider = provider
        self.secret = secret
        self.allowsMissingNonce = allowsMissingNonce
    }
}

/// What a client proves itself by at a provider.
public enum ProviderSecret: Sendable {
    /// Nothing: a public client, whose codes are protected by PKCE alone.
    case none
    /// A secret that both know.
    case shared(String)
    /// The key by which client secrets for Apple are signed; ES256.
    case appleKey(SigningKey)
}

extension ProviderSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "ProviderSecret(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
