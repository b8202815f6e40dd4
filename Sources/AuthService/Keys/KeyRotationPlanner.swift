// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthTokens

/// An operator's command about the signing keys.
public enum KeyCommand: Hashable, Sendable {
    /// Publishes a new key now; it signs as soon as verifiers can know it.
    case rotate
    /// Replaces the active key at once and rejects every token that it signed: all access tokens are revoked, and
    /// verifiers with a cached key set reject new ones until they fetch it again.
    case rotateAfterCompromise
    /// Rejects every token that this key signed; if it was the active one, another replaces it at once.
    case revoke(String)
}

/// Decides, from the stored keys, what to store: pure, so that the store can call it inside its transaction.
struct KeyRotationPlanner: Sendable {
    /// A new key, made before the transaction in case one is needed.
    struct Candidate: Sendable {
        let key: SigningKey
        let stored: StoredSigningKey

        init(_ key: SigningKey, sealer: Sealer, random: any RandomSource, at now: Timestamp) {
            self.key = key
            let box = sealer.seal(
                SecretBytes(key.privateJWK()), context: KeyRotationPlanner.sealingContext(of: key.id), random: random)
            stored = StoredSigningKey(
                id: key.id, algorithm: key.algorithm.rawValue, state: .pending, sealedPrivateKey: box.bytes,
                publicJWK: key.publicJWK?.serializedPublicHalf().map { String(decoding: $0, as: UTF8.self) } ?? "",
                createdAt: now, stateChangedAt: now)
        }
    }

    /// Why stored keys cannot be used.
    enum Failure: Error {
        case sealing(SealingError)
        case key(KeyError)
        case ring(KeyRing.ChangeError)

        /// A stable word for the log.
        var reason: String {
            switch self {
            case .sealing(let error): "sealing: \(error)"
            case .key(let error): error.code
            case .ring(let error): "ring: \(error)"
            }
        }
    }

    /// How long a retired key stays in the store, sealed, for an operator who has to find out what it signed.
    static let retiredKeysKept = Duration.seconds(30 * 86_400)

    let algorithm: SignatureAlgorithm
    let policy: KeyRotationPolicy
    let sealer: Sealer
    /// `nil` where none is expected to be needed: making one can take a tenth of a second.
    var candidate: Candidate?
    let now: Timestamp
    /// Whether steps are taken that would end tokens or delete keys at a wrong time.
    let trustsClock: Bool

    /// The keys as they can be used; retired ones are not opened, so that an old seal does no harm.
    func ring(of stored: [StoredSigningKey]) throws(Failure) -> KeyRing {
        var entries: [KeyRing.Entry] = []
        for row in stored where row.state != .retired {
            entries.append(KeyRing.Entry(try open(row), row.state, since: row.stateChangedAt))
        }
        do throws(KeyRing.ChangeError) {
            return try KeyRing(entries, policy: policy)
        } catch {
            throw .ring(error)
        }
    }

    /// The update that is due or commanded.
    ///
    /// Keys that cannot be read change nothing: the caller learns of them when it opens them.
    func update(_ stored: [StoredSigningKey], command: KeyCommand?) -> SigningKeyUpdate {
        guard var ring = try? ring(of: stored) else { return .none }
        let revoked = apply(command, &ring)
        // Each step can make another one due: a generated first key is activated at once.
        for _ in 0..<8 {
            let steps = ring.stepsDue(at: now).filter { trustsClock || !$0.endsTokens(in: ring) }
            if steps.isEmpty { break }
            for step in steps { take(step, &ring) }
        }
        followAlgorithm(&ring)
        var update = difference(from: stored, to: ring)
        update.revoked = revoked
        if trustsClock {
            update.remove = stored.filter { $0.state == .retired && now - $0.stateChangedAt >= Self.retiredKeysKept }
                .map(\.id)
        }
        return update
    }

    /// Whether the next update would need a new key.
    func needsCandidate(_ stored: [StoredSigningKey], command: KeyCommand?) -> Bool {
        guard let ring = try? ring(of: stored) else { return false }
        let isPending = ring.entries.contains { $0.state == .pending }
        switch command {
        case .rotateAfterCompromise, .revoke: return true
        case .rotate: if !isPending { return true }
        case nil: break
        }
        if ring.stepsDue(at: now).contains(.generate) { return true }
        return !isPending && ring.active?.algorithm != algorithm
    }

    /// - Returns: Which keys it revoked.
    private func apply(_ command: KeyCommand?, _ ring: inout KeyRing) -> Set<String> {
        switch command {
        case nil:
            return []
        case .rotate:
            // A pending key is the one that was asked for.
            if !ring.entries.contains(where: { $0.state == .pending }) { add(&ring) }
            return []
        case .rotateAfterCompromise:
            let compromised = ring.entries.filter { $0.state != .retired }.map(\.id)
            for id in compromised { try? ring.revoke(id, at: now) }
            add(&ring)
            return Set(compromised)
        case .revoke(let id):
            // Fails if there is no such key, or it was retired before.
            guard (try? ring.revoke(id, at: now)) != nil else { return [] }
            // Without an active one the pending key is activated next: this one, unless another has been published.
            if ring.active == nil, !ring.entries.contains(where: { $0.state == .pending }) { add(&ring) }
            return [id]
        }
    }

    private func take(_ step: KeyRing.Step, _ ring: inout KeyRing) {
        switch step {
        case .generate: add(&ring)
        case .activate(let id): try? ring.activate(id, at: now)
        case .retire(let id): try? ring.retire(id, at: now)
        }
    }

    /// Brings the ring to the configured algorithm, or a requested successor into service, by way of publication.
    private func followAlgorithm(_ ring: inout KeyRing) {
        guard let active = ring.active else { return }
        let pending = ring.entries.first { $0.state == .pending }
        if let pending {
            // Fails before its time, and is retried at the next update.
            if trustsClock { try? ring.activate(pending.id, at: now) }
        } else if active.algorithm != algorithm {
            add(&ring)
        }
    }

    private func add(_ ring: inout KeyRing) {
        // Without a candidate another process was faster, and the next update decides again. A candidate is rejected
        // only if it was added before.
        if let candidate { try? ring.add(candidate.key, at: now) }
    }

    private func difference(from stored: [StoredSigningKey], to ring: KeyRing) -> SigningKeyUpdate {
        var update = SigningKeyUpdate()
        for entry in ring.entries {
            if var row = stored.first(where: { $0.id == entry.id }) {
                guard row.state != entry.state else { continue }
                row.state = entry.state
                row.stateChangedAt = now
                update.put.append(row)
            } else if var row = candidate?.stored {
                row.state = entry.state
                update.put.append(row)
            }
        }
        return update
    }

    private func open(_ row: StoredSigningKey) throws(Failure) -> SigningKey {
        let secret: SecretBytes
        do throws(SealingError) {
            secret = try sealer.open(
                SealedBox(bytes: row.sealedPrivateKey), context: Self.sealingContext(of: row.id))
        } catch {
            throw .sealing(error)
        }
        do throws(KeyError) {
            return try secret.withUnsafeBytes { (octets) throws(KeyError) in
                try SigningKey(JSONWebKey(Array(octets)))
            }
        } catch {
            throw .key(error)
        }
    }

    private static func sealingContext(of id: String) -> [UInt8] {
        Array("signing_keys/private/\(id)".utf8)
    }
}

extension KeyRing.Step {
    /// Whether tokens would be refused if the time at which it is taken were wrong: those of a key that retires too early, or
    /// those of one that signs before verifiers know it.
    fileprivate func endsTokens(in ring: KeyRing) -> Bool {
        switch self {
        case .generate: false
        case .activate: ring.active != nil
        case .retire: true
        }
    }
}
