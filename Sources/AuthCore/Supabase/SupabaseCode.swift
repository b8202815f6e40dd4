// SPDX-License-Identifier: Apache-2.0

/// A code that a mailed link gave to the application, as stored: the client that began the flow exchanges it for a session.
public struct SupabaseCode: Hashable, Sendable {
    /// What presenting a code comes to.
    public enum Redemption: Hashable, Sendable {
        /// It is redeemed, and must be removed.
        case accepted
        /// The verifier is not the challenge's; it must be counted.
        case wrongVerifier
        /// It is too old.
        case expired
        /// Too many wrong verifiers were presented.
        case void
    }

    /// The keyed digest of the code, 32 octets.
    public let digest: [UInt8]
    /// Whose session it opens.
    public let userID: UserID
    /// What the session notes of how it was opened: a name of ``SupabaseMailKind/method(isExchange:)``.
    public let method: String
    /// SHA-256 of the verifier, 32 octets (RFC 7636, `S256`).
    public let challenge: [UInt8]
    /// The generation of the credential that the client had shown when it asked for the mail; `nil` for none.
    public let generation: CredentialGeneration?
    /// Whether the exchange may bind the credentials: not where a mere visit of the link made the code.
    public let binds: Bool
    /// From when on it is rejected.
    public let expiresAt: Timestamp
    /// How many wrong verifiers were presented.
    public var wrongVerifiers: Int64

    /// For how long a code can be exchanged.
    public static let lifetime = Duration.seconds(300)
    /// How many wrong verifiers void a code.
    public static let wrongVerifiersAllowed: Int64 = 3

    /// Describes a code as stored.
    public init(
        digest: [UInt8], userID: UserID, method: String, challenge: [UInt8], generation: CredentialGeneration?,
        binds: Bool, expiresAt: Timestamp, wrongVerifiers: Int64
    ) {
        self.digest = digest
        self.userID = userID
        self.method = method
        self.challenge = challenge
        self.generation = generation
        self.binds = binds
        self.expiresAt = expiresAt
        self.wrongVerifiers = wrongVerifiers
    }

    /// Decides on the locked row of a code; `verifierDigest` is SHA-256 of the verifier that the client presents.
    ///
    /// All octets are compared, whatever differs first. A code without a challenge is never good.
    public func redeem(verifierDigest: [UInt8], at now: Timestamp) -> Redemption {
        guard wrongVerifiers < Self.wrongVerifiersAllowed else { return .void }
        guard now < expiresAt else { return .expired }
        guard challenge.count == 32, verifierDigest.count == challenge.count else { return .wrongVerifier }
        var difference: UInt8 = 0
        for index in challenge.indices { difference |= challenge[index] ^ verifierDigest[index] }
        return difference == 0 ? .accepted : .wrongVerifier
    }

    /// What the exchange does to the credentials of the user, on the locked rows of both.
    ///
    /// The client that has the verifier is the one that asked for the mail, and the code shows that the mailbox was read: what
    /// that client had shown is bound, unless it was replaced since.
    public func effect(on user: User) -> BindingEffect {
        binds && !user.isBound && generation == user.credentialGeneration ? .bind : .keep
    }
}
