// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Signing keys, sealed, and the check value of the root key.
public protocol SigningKeyStore: Sendable {
    /// Every key that is not retired, and retired ones as long as they are kept; oldest first.
    func signingKeys() async throws(StoreError) -> [StoredSigningKey]

    /// Reads all keys, calls `decide` and writes the update that it returns, all in one transaction.
    ///
    /// **K1.** Of concurrent calls, each decides on what the previous one has written: two processes that start on an
    /// empty store make one key. A change appends `.keysChanged` to the feed and an audit event per key.
    ///
    /// `decide` is pure; it may be called more than once.
    ///
    /// - Returns: The keys afterwards, as `signingKeys()` gives them.
    func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]>

    /// The check value of the root key that this store's secrets are sealed under.
    ///
    /// **K2.** Stores `value` if there is none yet; of concurrent first calls one wins and all get the same answer.
    func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8]

    /// Replaces the check value, if it is still `old`: the last step of changing the root key.
    func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool
}

/// A signing key as stored.
public struct StoredSigningKey: Hashable, Sendable {
    /// The `kid` of its tokens.
    public let id: String
    /// The JOSE algorithm, such as `ES256`.
    public let algorithm: String
    /// The key's state in its life cycle.
    public var state: SigningKeyState
    /// The private key, sealed; opening it needs the root key.
    public var sealedPrivateKey: [UInt8]
    /// The public key as a JWK in JSON.
    public let publicJWK: String
    /// When it was made.
    public let createdAt: Timestamp
    /// When it entered its present state.
    public var stateChangedAt: Timestamp

    /// Describes a key as stored.
    public init(
        id: String, algorithm: String, state: SigningKeyState, sealedPrivateKey: [UInt8], publicJWK: String,
        createdAt: Timestamp, stateChangedAt: Timestamp
    ) {
        self.id = id
        self.algorithm = algorithm
        self.state = state
        self.sealedPrivateKey = sealedPrivateKey
        self.publicJWK = publicJWK
        self.createdAt = createdAt
        self.stateChangedAt = stateChangedAt
    }
}

/// The writes decided on the keys: keys to put (new, or with a new state or seal) and ids to remove.
public struct SigningKeyUpdate: Hashable, Sendable {
    /// Keys to insert, or to replace where the id exists.
    public var put: [StoredSigningKey]
    /// Ids of keys to remove for good.
    public var remove: [String]
    /// Which of the keys to put are revoked before their time, for the audit log.
    public var revoked: Set<String>

    /// Nothing to do.
    public static let none = SigningKeyUpdate()

    /// Describes an update.
    public init(put: [StoredSigningKey] = [], remove: [String] = [], revoked: Set<String> = []) {
        self.put = put
        self.remove = remove
        self.revoked = revoked
    }
}
