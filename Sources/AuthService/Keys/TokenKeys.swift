// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTokens
import Synchronization

/// The keys that sign and verify access tokens, as this process holds them in memory.
///
/// Signing and verifying never wait. An update reads the store, decides inside its transaction, and then replaces the
/// keys for all callers at once.
final class TokenKeys: Sendable {
    private struct Current: Sendable {
        var issuer: AccessTokenIssuer?
        var supabaseIssuer: SupabaseTokenIssuer?
        var publicKeys: [JSONWebKey] = []
        var jwks: [UInt8]
        /// The last state in which each stored key was seen.
        var states: [String: SigningKeyState] = [:]
        /// How often the store's history has changed, as far as this process was told.
        var histories: UInt64 = 0
    }

    /// How long a verifier may keep a fetched key set; a new key is published for at least this long before it signs.
    static let keySetLifetime = Duration.seconds(600)

    /// Why an update failed.
    enum UpdateFailure: Error {
        /// The store failed; not yet reported.
        case store(StoreError)
        /// Keys cannot be opened, made or used, which was reported.
        case unusable
    }

    let verifier: TokenVerifier
    /// Verifies tokens of Supabase's API, which the same keys sign.
    let supabaseVerifier: SupabaseTokenVerifier
    private let core: ServiceCore
    private let signing: TokenSigning
    private let rootKeyChecks: RootKeyChecks
    private let sealer: Sealer
    private let published: ReplaceableKeys
    private let current: Mutex<Current>

    init(core: ServiceCore, signing: TokenSigning, rootKeyChecks: RootKeyChecks, sealer: Sealer) {
        self.core = core
        self.signing = signing
        self.rootKeyChecks = rootKeyChecks
        self.sealer = sealer
        published = ReplaceableKeys()
        current = Mutex(Current(issuer: nil, jwks: JWKSet([]).serialized()))
        let settings = core.settings
        let policy = AccessTokenPolicy(
            issuer: settings.issuer, audience: settings.audience,
            leewaySeconds: settings.clockLeeway.components.seconds,
            maximumLifetimeSeconds: settings.sessions.accessTokenLifetime.secondsRoundedUp)
        // Verified tokens are cached as principals, so that the verifier need not cache them as well.
        verifier = TokenVerifier(keys: published, policy: policy, cacheCapacity: 0)
        supabaseVerifier = SupabaseTokenVerifier(
            keys: published,
            policy: SupabaseTokenPolicy(
                issuer: settings.supabase?.baseURL ?? "", audience: settings.supabase?.audience ?? "authenticated",
                leewaySeconds: settings.clockLeeway.components.seconds))
    }

    /// The published key set as JSON.
    var jwks: [UInt8] { current.withLock { $0.jwks } }

    /// The public halves of the keys that verify tokens; none of a shared secret.
    var publicKeys: [JSONWebKey] { current.withLock { $0.publicKeys } }

    /// Signs the claims of an access token.
    func sign(_ claims: AccessTokenClaims) throws(AuthError) -> String {
        guard let issuer = current.withLock({ $0.issuer }) else { throw .unavailable }
        do throws(KeyError) {
            return try issuer.token(for: claims)
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .internalFailure
        }
    }

    /// Signs the claims of a token of Supabase's API.
    func signSupabase(_ payload: [UInt8]) throws(AuthError) -> String {
        guard let issuer = current.withLock({ $0.supabaseIssuer }) else { throw .unavailable }
        do throws(KeyError) {
            return try issuer.token(payload: payload)
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .internalFailure
        }
    }

    /// Whether a key of this id verifies tokens here.
    func verifiesWithKey(_ id: String) -> Bool {
        published.verificationKeys().key(forID: id) != nil
    }

    /// Whether a text is a token of a user of either API, whatever it grants, and however old.
    func verifiesUserToken(_ text: String) -> Bool {
        guard let signed = try? SupabaseJWS(text),
            let key = published.verificationKeys().key(forID: signed.header.keyID)
        else { return false }
        return (try? signed.payload(signedWith: key)) != nil
    }

    /// Whether the store's secrets are sealed under a root key of this process; if it is a previous one, the current
    /// one replaces it.
    func checkRootKey() async throws(StoreError) -> Bool {
        let own = rootKeyChecks.current
        let stored = try await core.store.rootKeyCheck(orStore: own)
        if ConstantTime.equal(stored, own) { return true }
        guard rootKeyChecks.previous.contains(where: { ConstantTime.equal(stored, $0) }) else { return false }
        if try await core.store.replaceRootKeyCheck(stored, by: own) { return true }
        // Another process was faster: usually with the same key.
        return ConstantTime.equal(try await core.store.rootKeyCheck(orStore: own), own)
    }

    /// Lets the keys come back in earlier states, as after a restore.
    ///
    /// They stay in memory until the next update. One that is under way and may have read them before has no effect on them.
    func beginNewHistory() {
        current.withLock { current in
            current.states = [:]
            current.histories &+= 1
        }
    }

    /// Takes the steps that are due at the context's time and replaces the keys in memory.
    ///
    /// An operator's `command` is carried out before them. Without `trustsClock`, no step is taken that would end
    /// tokens or delete keys at a wrong time.
    ///
    /// - Returns: The changes that were written, for this process to apply.
    /// - Throws: `.store`, or `.unusable` where keys cannot be opened, made or used. The keys in memory then stay as
    ///   they were.
    @discardableResult
    func update(
        context: OperationContext, command: KeyCommand? = nil, trustsClock: Bool = true
    ) async throws(UpdateFailure) -> [CommittedChange] {
        switch signing {
        case .shared(let key, let previous):
            try place(active: key, verifying: ([key] + previous).map(\.verificationKey), jwks: JWKSet([]))
            return []
        case .stored(let algorithm, let period):
            var planner = KeyRotationPlanner(
                algorithm: algorithm,
                policy: KeyRotationPolicy(
                    keySetLifetime: Self.keySetLifetime,
                    tokenLifetime: core.settings.revocationHorizon,
                    activePeriod: period),
                sealer: sealer, candidate: nil, now: context.now, trustsClock: trustsClock)
            let history = current.withLock { $0.histories }
            let found = try await inStore { store throws(StoreError) in try await store.signingKeys() }
            if planner.needsCandidate(found, command: command) {
                planner.candidate = try candidate(of: algorithm, at: context.now)
            }
            let stored = try await inStore { [planner] store throws(StoreError) in
                try await store.updateSigningKeys(context: context) { planner.update($0, command: command) }
            }
            let ring: KeyRing
            do throws(KeyRotationPlanner.Failure) {
                ring = try planner.ring(of: stored.outcome)
            } catch {
                core.observe(.signingKeyFailed(reason: error.reason))
                throw .unusable
            }
            place(ring, readFrom: stored.outcome, of: history)
            return stored.changes
        }
    }

    private func inStore<Value>(
        _ body: (any AuthStore) async throws(StoreError) -> Value
    ) async throws(UpdateFailure) -> Value {
        do throws(StoreError) {
            return try await body(core.store)
        } catch {
            throw .store(error)
        }
    }

    private func candidate(
        of algorithm: SignatureAlgorithm, at now: Timestamp
    ) throws(UpdateFailure) -> KeyRotationPlanner.Candidate {
        do throws(KeyError) {
            return KeyRotationPlanner.Candidate(
                try SigningKey(generating: algorithm), sealer: sealer, random: core.random, at: now)
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .unusable
        }
    }

    private func place(
        active: SigningKey?, verifying keys: [VerificationKey], jwks: JWKSet
    ) throws(UpdateFailure) {
        do throws(KeyError) {
            let keys = try VerificationKeySet(keys)
            current.withLock { current in
                published.replace(with: keys)
                current.issuer = active.map(AccessTokenIssuer.init)
                current.supabaseIssuer = active.map(SupabaseTokenIssuer.init)
                current.publicKeys = jwks.keys
                current.jwks = jwks.serialized()
            }
        } catch {
            core.observe(.signingKeyFailed(reason: error.code))
            throw .unusable
        }
    }

    /// Two updates may arrive here in another order than they read the store in.
    ///
    /// Within one history a key's state only ever advances, so one that brings an earlier state was read before the present
    /// keys, and must not restore a revoked key.
    private func place(_ ring: KeyRing, readFrom stored: [StoredSigningKey], of history: UInt64) {
        current.withLock { current in
            guard history == current.histories else { return }
            guard !stored.contains(where: { row in current.states[row.id].map { row.state.precedes($0) } ?? false })
            else { return }
            published.replace(with: ring.verificationKeys)
            current.issuer = ring.active.map(AccessTokenIssuer.init)
            current.supabaseIssuer = ring.active.map(SupabaseTokenIssuer.init)
            let keySet = ring.jwks
            current.publicKeys = keySet.keys
            current.jwks = keySet.serialized()
            current.states = Dictionary(stored.map { ($0.id, $0.state) }) { _, last in last }
        }
    }
}

extension SigningKeyState {
    /// Whether a key in this state can still come into `other`.
    fileprivate func precedes(_ other: SigningKeyState) -> Bool {
        switch self {
        case .pending: other != .pending
        case .active: other == .retiring || other == .retired
        case .retiring: other == .retired
        case .retired: false
        }
    }
}

/// The values by which a store recognises the root keys of a process.
struct RootKeyChecks: Sendable {
    let current: [UInt8]
    let previous: [[UInt8]]

    init(current: DerivedKeys, previous: [DerivedKeys]) {
        self.current = Array(current.rootKeyCheckValue.utf8)
        self.previous = previous.map { Array($0.rootKeyCheckValue.utf8) }
    }
}
