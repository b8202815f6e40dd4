// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// An issuer's signing keys, each in its state: a value, so that a change is decided first and stored after.
///
/// Invariants: ids are unique; at most one key is active; no key moves backward.
public struct KeyRing: Sendable {
    /// One key and where it is in its life.
    public struct Entry: Sendable, Identifiable {
        /// The key.
        public let key: SigningKey
        /// The state.
        public internal(set) var state: SigningKeyState
        /// When it entered the state.
        public internal(set) var since: Timestamp

        /// Puts a key as it was stored into a ring.
        public init(_ key: SigningKey, _ state: SigningKeyState, since: Timestamp) {
            self.key = key
            self.state = state
            self.since = since
        }

        /// The `kid`.
        public var id: String { key.id }
    }

    /// Something that is due.
    ///
    /// Performing it is one call on the ring and one write to the store.
    public enum Step: Hashable, Sendable {
        /// Nothing can sign soon enough: generate a key and ``KeyRing/add(_:at:)`` it.
        case generate
        /// The key has been published long enough: ``KeyRing/activate(_:at:isEmergency:)``.
        case activate(String)
        /// No token signed with the key can still be valid: ``KeyRing/retire(_:at:)``.
        case retire(String)
    }

    /// Why a change of the ring is refused.
    public enum ChangeError: Error, Hashable, Sendable {
        /// A key with this `kid` is in the ring.
        case duplicate
        /// No key has this `kid`.
        case unknown
        /// The key has passed the state from which the step is taken.
        case wrongState(SigningKeyState)
        /// The step may be taken from then on.
        case tooEarly(until: Timestamp)
        /// More than one key claims to be active.
        case severalActive
    }

    /// The keys in the order in which they were added.
    public private(set) var entries: [Entry]

    /// When steps may be taken.
    public let policy: KeyRotationPolicy

    /// Restores a ring from what was stored.
    ///
    /// - Throws: `.duplicate`, `.severalActive`.
    public init(_ entries: [Entry] = [], policy: KeyRotationPolicy) throws(ChangeError) {
        guard Set(entries.map(\.id)).count == entries.count else { throw .duplicate }
        guard entries.count(where: { $0.state == .active }) < 2 else { throw .severalActive }
        self.entries = entries
        self.policy = policy
    }

    /// The key that signs; `nil` before the first one is activated.
    public var active: SigningKey? {
        entries.first { $0.state == .active }?.key
    }

    /// The key that a token names, unless it is retired or unknown.
    public func verification(kid: String) -> VerificationKey? {
        entries.first { $0.id.hasSameOctets(as: kid) && $0.state.isAccepted }?.key.verificationKey
    }

    /// All keys that verify, for a ``ReplaceableKeys``.
    ///
    /// A new object at each call, so that keys should be replaced only when the ring has changed.
    public var verificationKeys: VerificationKeySet {
        let accepted = entries.filter(\.state.isAccepted).map(\.key.verificationKey)
        // Ids are unique by the ring's invariant, the only reason for which a set is refused.
        return (try? VerificationKeySet(accepted)) ?? .empty
    }

    /// What the issuer publishes: pending, active and retiring keys.
    ///
    /// HMAC keys are never in it.
    public var jwks: JWKSet {
        JWKSet(entries.filter(\.state.isAccepted).compactMap(\.key.publicJWK))
    }

    /// Adds a new key, which is pending.
    ///
    /// - Throws: `.duplicate`.
    public mutating func add(_ key: SigningKey, at now: Timestamp) throws(ChangeError) {
        guard !entries.contains(where: { $0.id == key.id }) else { throw .duplicate }
        entries.append(Entry(key, .pending, since: now))
    }

    /// Lets a pending key sign; the key that signed until now is retiring from then on.
    ///
    /// The time of publication is waived while no key is active, on the first run and after ``revoke(_:at:)``: a verifier
    /// that has to fetch the keys again is better than an issuer that cannot sign.
    ///
    /// An emergency skips the time of publication. Verifiers with a cached key set refuse the key's tokens until they fetch
    /// the set again.
    ///
    /// - Throws: `.unknown`, `.wrongState`, `.tooEarly`.
    public mutating func activate(
        _ id: String, at now: Timestamp, isEmergency: Bool = false
    ) throws(ChangeError) {
        let index = try index(of: id, in: .pending)
        if active != nil, !isEmergency { try checkTime(of: entries[index], at: now) }
        if let old = entries.firstIndex(where: { $0.state == .active }) { move(old, to: .retiring, at: now) }
        move(index, to: .active, at: now)
    }

    /// Ends the life of a retiring key.
    ///
    /// - Throws: `.unknown`, `.wrongState`, `.tooEarly`.
    public mutating func retire(_ id: String, at now: Timestamp) throws(ChangeError) {
        let index = try index(of: id, in: .retiring)
        try checkTime(of: entries[index], at: now)
        move(index, to: .retired, at: now)
    }

    /// Ends the life of a key at once, whatever its state: for a key that may have leaked.
    ///
    /// Every token signed with it is refused by this issuer's next verification, and elsewhere as soon as the cached key
    /// set runs out. Revoking the active key leaves the ring without one.
    ///
    /// - Throws: `.unknown`, `.wrongState` if it is retired already.
    public mutating func revoke(_ id: String, at now: Timestamp) throws(ChangeError) {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { throw .unknown }
        guard entries[index].state != .retired else { throw .wrongState(.retired) }
        move(index, to: .retired, at: now)
    }

    /// What is due now, in the order in which to do it; empty most of the time.
    ///
    /// Of several pending keys the one added first is activated. Its successor is asked for early enough to be published
    /// for its full time before the active period ends.
    public func stepsDue(at now: Timestamp) -> [Step] {
        var steps: [Step] = []
        let pending = entries.first { $0.state == .pending }
        if let active = entries.first(where: { $0.state == .active }) {
            let end = policy.earliestExit(from: .active, enteredAt: active.since)
            if let end, let pending {
                if end <= now, isReady(pending, at: now) { steps.append(.activate(pending.id)) }
            } else if let end, end - policy.keySetLifetime <= now {
                steps.append(.generate)
            }
        } else {
            steps.append(pending.map { .activate($0.id) } ?? .generate)
        }
        steps += entries.filter { $0.state == .retiring && isReady($0, at: now) }.map { .retire($0.id) }
        return steps
    }

    private func isReady(_ entry: Entry, at now: Timestamp) -> Bool {
        policy.earliestExit(from: entry.state, enteredAt: entry.since).map { $0 <= now } ?? false
    }

    private func checkTime(of entry: Entry, at now: Timestamp) throws(ChangeError) {
        guard let earliest = policy.earliestExit(from: entry.state, enteredAt: entry.since) else { return }
        guard earliest <= now else { throw .tooEarly(until: earliest) }
    }

    private func index(of id: String, in state: SigningKeyState) throws(ChangeError) -> Int {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { throw .unknown }
        guard entries[index].state == state else { throw .wrongState(entries[index].state) }
        return index
    }

    private mutating func move(_ index: Int, to state: SigningKeyState, at now: Timestamp) {
        entries[index].state = state
        entries[index].since = now
    }
}
