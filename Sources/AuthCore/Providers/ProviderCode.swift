// SPDX-License-Identifier: Apache-2.0

/// A code that a callback gave to the application, as stored: it is exchanged for a session, or links an identity.
public struct ProviderCode: Hashable, Sendable {
    /// What a code is good for.
    public enum Purpose: Hashable, Sendable {
        /// For a session.
        case signIn
        /// For linking the identity to this user, in this session alone.
        case link(UserID, SessionID)
    }

    /// What redeeming a code comes to.
    public enum Redemption: Hashable, Sendable {
        /// It is redeemed, and must be removed.
        case accepted
        /// The verifier is not the challenge's; it must be counted.
        case wrongVerifier
        /// It is too old or void.
        case refused
    }

    /// The digest of the code, 32 octets.
    public let digest: [UInt8]
    /// What it is good for.
    public let purpose: Purpose
    /// SHA-256 of the verifier, 32 octets (RFC 7636, `S256`); empty for a link that the cookies of its session complete.
    public let challenge: [UInt8]
    /// The provider.
    public let provider: ProviderName
    /// Who signed in there.
    public let profile: ProviderProfile
    /// The scope that was asked for at the start.
    public let scope: Scope?
    /// The client's address.
    public let source: String?
    /// From when on it is rejected.
    public let expiresAt: Timestamp
    /// How many wrong verifiers were presented.
    public var wrongVerifiers: Int64

    /// How many wrong verifiers void a code.
    public static let wrongVerifiersAllowed: Int64 = 3

    /// Describes a code as stored.
    public init(
        digest: [UInt8], purpose: Purpose, challenge: [UInt8], provider: ProviderName, profile: ProviderProfile,
        scope: Scope?, source: String?, expiresAt: Timestamp, wrongVerifiers: Int64
    ) {
        self.digest = digest
        self.purpose = purpose
        self.challenge = challenge
        self.provider = provider
        self.profile = profile
        self.scope = scope
        self.source = source
        self.expiresAt = expiresAt
        self.wrongVerifiers = wrongVerifiers
    }

    /// Decides on the locked row of a code.
    ///
    /// A code with a challenge needs the verifier, also in the session that links; one without a challenge takes none, and is
    /// never good for a session. `verifierDigest` is SHA-256 of the verifier that the client presents, `nil` where it presents
    /// none.
    public func redeem(verifierDigest: [UInt8]?, at now: Timestamp) -> Redemption {
        guard now < expiresAt, wrongVerifiers < Self.wrongVerifiersAllowed else { return .refused }
        guard !challenge.isEmpty else {
            switch purpose {
            case .signIn: return .refused
            case .link: return verifierDigest == nil ? .accepted : .wrongVerifier
            }
        }
        guard let verifierDigest, Self.areEqual(verifierDigest, challenge) else { return .wrongVerifier }
        return .accepted
    }

    /// Compares all octets, whatever differs first.
    private static func areEqual(_ shown: [UInt8], _ challenge: [UInt8]) -> Bool {
        guard shown.count == challenge.count else { return false }
        var difference: UInt8 = 0
        for index in shown.indices { difference |= shown[index] ^ challenge[index] }
        return difference == 0
    }
}
