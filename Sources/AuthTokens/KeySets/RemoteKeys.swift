// SPDX-License-Identifier: Apache-2.0

public import AuthCore
internal import Synchronization

/// A key set as its publisher answered.
public struct FetchedKeySet: Hashable, Sendable {
    /// The JSON text.
    public let text: [UInt8]

    /// The `max-age` of the answer; `nil` if it had none.
    public let maxAge: Duration?

    /// Takes an answer that had status 200.
    public init(_ text: [UInt8], maxAge: Duration? = nil) {
        self.text = text
        self.maxAge = maxAge
    }
}

/// The keys of an issuer elsewhere, fetched by a closure when they are too old or a token names one that is missing.
///
/// The address belongs to the closure: nothing in a token can change where keys come from (RFC 8725 §3.10). One fetch is
/// under way at most, and never more often than the cooldown allows.
///
/// A class because all who hold it must see newer keys.
public final class RemoteKeys: KeySource {
    /// Fetches the published set.
    ///
    /// It must bound its own time. Throwing leaves the keys as they are.
    public typealias Fetch = @Sendable () async throws -> FetchedKeySet

    private struct State {
        var freshness: RemoteKeyFreshness
        var keys = VerificationKeySet.empty
        var text: [UInt8]?
        var fetching: Task<Bool, Never>?
    }

    private let state: Mutex<State>
    private let algorithm: SignatureAlgorithm?
    private let sinceBoot: @Sendable () -> BootInstant
    private let fetch: Fetch

    /// Starts without keys; the first ``refresh(_:)`` fetches them.
    ///
    /// `algorithm` is what the published keys without `alg` are for; `nil` takes what their type implies. `sinceBoot` is the
    /// clock that age and cooldown are measured by; only tests need another than the machine's.
    public init(
        limits: RemoteKeyFreshness.Limits = RemoteKeyFreshness.Limits(), algorithm: SignatureAlgorithm? = nil,
        sinceBoot: @escaping @Sendable () -> BootInstant = BootInstant.system, fetch: @escaping Fetch
    ) {
        state = Mutex(State(freshness: RemoteKeyFreshness(limits: limits)))
        self.algorithm = algorithm
        self.sinceBoot = sinceBoot
        self.fetch = fetch
    }

    /// The set that was fetched last; empty once it is too old to be used.
    public func verificationKeys() -> VerificationKeySet {
        let now = sinceBoot()
        return state.withLock { $0.freshness.isUsable(at: now) ? $0.keys : .empty }
    }

    /// Fetches the set if the reason and the cooldown call for it; waits for a fetch that is under way already.
    ///
    /// Never fails: what could not be fetched or read leaves the keys as they were, until they are too old.
    public func refresh(_ reason: KeyRefreshReason) async -> Bool {
        let now = sinceBoot()
        let task = state.withLock { state -> Task<Bool, Never>? in
            switch state.freshness.wanted(reason, at: now) {
            case .proceed: return nil
            case .join: return state.fetching
            case .fetch:
                // Not the caller's child: a client that hangs up must not cancel the fetch that others wait for, or
                // an attacker could keep new keys from all of them.
                let task = Task { await self.fetchOnce(startedAt: now) }
                state.fetching = task
                return task
            }
        }
        return await task?.value ?? false
    }

    /// True if the keys are others than before.
    private func fetchOnce(startedAt start: BootInstant) async -> Bool {
        let fetched = try? await fetch()
        let previous = state.withLock { $0.text }
        // Reading keys costs milliseconds, so it is done outside the lock, and not at all for the same text.
        let isSame = fetched != nil && fetched?.text == previous
        let keys = isSame ? nil : fetched.flatMap { try? VerificationKeySet(JWKSet($0.text), algorithm: algorithm) }
        return state.withLock { state in
            state.fetching = nil
            guard let fetched, isSame || keys != nil else {
                state.freshness.finished(fetchStartedAt: start, lifetime: nil)
                return false
            }
            state.freshness.finished(fetchStartedAt: start, lifetime: .some(fetched.maxAge))
            guard let keys else { return false }
            state.keys = keys
            state.text = fetched.text
            return true
        }
    }
}
