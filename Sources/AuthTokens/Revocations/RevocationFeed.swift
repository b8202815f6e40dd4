// SPDX-License-Identifier: Apache-2.0

public import AuthCore
internal import Synchronization

/// What a follower asks its issuer.
public struct FeedRequest: Hashable, Sendable {
    /// What stands behind the address of `/auth/changes`, question mark included.
    public let query: String
    /// How long the answer may take; it contains the time for which the issuer waits for something to tell.
    public let timeout: Duration
}

/// What an issuer answered to a ``FeedRequest``.
public enum FetchedChanges: Hashable, Sendable {
    /// The body of an answer with status 200, at most `ChangePage.maximumBytes` of it.
    case page([UInt8])
    /// Status 410: the cursor is no longer good, because it is too old or the issuer's database was restored.
    case gone
}

/// The revocations of an issuer elsewhere, followed through its change feed: with them a ``TokenVerifier`` refuses a token
/// within a second or so of its session's end.
///
/// Call ``run(now:)`` for as long as tokens are verified. Until the first answer, whenever none has come for longer than
/// the limits allow, and from ``FetchedChanges/gone`` until the next page, the feed is stale, and the policy decides.
///
/// ```swift
/// let feed = RevocationFeed(keys: keys) { request in
///     .page(try await get("https://id.example/auth/changes" + request.query, bearing: secret, within: request.timeout))
/// }
/// let verifier = TokenVerifier(keys: keys, policy: policy, revocations: feed)
/// await feed.run { now() }
/// ```
///
/// The issuer itself may be up to ten seconds behind before it says so. Where everything fails at once, a token is thus
/// accepted for as long as that and ``Limits/patience`` after its revocation, and then the policy decides.
///
/// A class because the verifier and the task that runs it share what is known.
public final class RevocationFeed: Sendable {
    /// The timeouts and the capacity of a follower.
    public struct Limits: Hashable, Sendable {
        /// How long no answer may come before the feed is stale.
        public var patience: Duration
        /// The least time from one poll to the next, where the issuer does not say that there is more.
        public var shortestPause: Duration
        /// The longest time that a follower pauses after failures; each doubles the pause until then.
        public var longestPause: Duration
        /// How many revocations are held at most, about a hundred bytes each.
        ///
        /// Beyond that the feed is stale: to drop one would be to accept what was revoked.
        public var maximumEntries: Int

        /// Sets all four; patience is at least a second.
        public init(
            patience: Duration = .seconds(10), shortestPause: Duration = .milliseconds(100),
            longestPause: Duration = .seconds(5), maximumEntries: Int = 1_000_000
        ) {
            self.patience = max(patience, .seconds(1))
            self.shortestPause = max(shortestPause, .milliseconds(1))
            self.longestPause = max(longestPause, .milliseconds(1))
            self.maximumEntries = max(maximumEntries, 1)
        }

        /// For how long the issuer is to wait for something to tell: whole seconds, so short that two answers come in
        /// the time in which one must.
        var wait: Duration {
            .seconds(min(max((patience / 2).components.seconds, 0), 25))
        }
    }

    /// What becomes of a token that is not known to be revoked while the feed is stale.
    public enum StalePolicy: String, Hashable, Sendable, CaseIterable {
        /// It is refused as `.revocationsUnknown`: no token is accepted whose session may have been revoked.
        case refuse
        /// It is accepted until it expires: an outage of the issuer stops nothing else.
        case acceptUntilExpiry = "accept_until_expiry"
    }

    /// The state of the feed, for metrics.
    public struct Health: Hashable, Sendable {
        /// How long ago the last answer came; `nil` before the first.
        public let silence: Duration?
        /// Revocations that are held.
        public let entries: Int
        /// Tokens that were refused because the feed was stale.
        public let refusedTokens: UInt64
        /// Tokens that were accepted although the feed was stale.
        public let acceptedTokens: UInt64
    }

    /// Asks the issuer.
    ///
    /// It must bound its own time by the request's timeout, and send the secret only to the issuer. Throwing counts
    /// as no answer.
    public typealias Fetch = @Sendable (FeedRequest) async throws -> FetchedChanges

    /// How the feed is followed.
    public let limits: Limits
    /// What a stale feed means.
    public let stalePolicy: StalePolicy

    private let state: Mutex<FollowedRevocations>
    private let refusedTokens = Atomic<UInt64>(0)
    private let acceptedTokens = Atomic<UInt64>(0)
    private let keys: (any KeySource)?
    private let jitter: @Sendable () -> Double
    private let sinceBoot: @Sendable () -> BootInstant
    private let fetch: Fetch

    /// Creates a feed without revocations; it is stale until the first response.
    ///
    /// - Parameters:
    ///   - limits: The bounds on silence, polling and memory.
    ///   - stalePolicy: What becomes of tokens while the feed is stale; by default they are refused.
    ///   - keys: Refreshed while the feed is followed, and as soon as they allow it when the issuer's keys have
    ///     changed.
    ///   - jitter: Random, from 0 to 1: how much of a pause after a failure is left out.
    ///   - sinceBoot: The clock that silence is measured by; only tests need another than the machine's.
    ///   - fetch: Asks the issuer.
    public init(
        limits: Limits = Limits(), whenStale stalePolicy: StalePolicy = .refuse, keys: (any KeySource)? = nil,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...0.5) },
        sinceBoot: @escaping @Sendable () -> BootInstant = BootInstant.system, fetch: @escaping Fetch
    ) {
        self.limits = limits
        self.stalePolicy = stalePolicy
        self.keys = keys
        self.jitter = jitter
        self.sinceBoot = sinceBoot
        self.fetch = fetch
        state = Mutex(FollowedRevocations(limits: limits))
    }

    /// Follows the feed until the task is cancelled.
    ///
    /// One request is under way at most, besides one for the keys. Never fails: what goes wrong is tried again, less and
    /// less often.
    ///
    /// - Parameter now: The clock that tokens are verified by.
    public func run(now: @escaping @Sendable () -> Timestamp) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let round = await poll(now: now)
                // Beside the next poll, so that a slow answer with keys does not make the feed stale. Keys bound by
                // themselves how often they are fetched, so that few of these wait.
                if let keys {
                    let reason: KeyRefreshReason = round.keysChanged ? .changed : .age
                    group.addTask { _ = await keys.refresh(reason) }
                }
                if round.pause > .zero { try? await Task.sleep(for: round.pause) }
            }
        }
    }

    /// Whether the last answer is recent enough.
    public var isFresh: Bool {
        let now = sinceBoot()
        return state.withLock { $0.isFresh(at: now) }
    }

    /// The state of the feed.
    public var health: Health {
        let now = sinceBoot()
        let (silence, entries) = state.withLock { ($0.silence(at: now), $0.count) }
        return Health(
            silence: silence, entries: entries, refusedTokens: refusedTokens.load(ordering: .relaxed),
            acceptedTokens: acceptedTokens.load(ordering: .relaxed))
    }

    /// Asks once, and takes in what was answered.
    package func poll(now: () -> Timestamp) async -> (pause: Duration, keysChanged: Bool) {
        let request = state.withLock { $0.request }
        let start = sinceBoot()
        let fetched = try? await fetch(request)
        let end = ClockReading(wall: now(), boot: sinceBoot())
        // Reading a page costs up to milliseconds, so it is done outside the lock.
        let page: ChangePage?
        if case .page(let text) = fetched { page = ChangePage(json: text) } else { page = nil }
        let round = state.withLock { state in
            if let page { return state.take(page, askedAt: start, at: end) }
            return fetched == .gone ? state.beginAnew() : state.fail()
        }
        guard round.isFailure else { return (round.pause, round.keysChanged) }
        return (round.pause * (1 - min(max(jitter(), 0), 1)), false)
    }

    /// Refuses a token that has been revoked, or of which that cannot be told.
    ///
    /// A token is also refused if it carries what its role granted before the role was changed to grant less.
    ///
    /// Cost: reading two ids and a few look-ups under a lock.
    ///
    /// - Throws: `.revoked`, `.revocationsUnknown`; `.badClaim` for a subject or session that no token of an authd has.
    func check(_ claims: AccessTokenClaims) throws(TokenError) {
        let now = sinceBoot()
        guard let user = UserID(parsing: claims.subject) else { throw .badClaim("sub") }
        let session: SessionID?
        if let text = claims.sessionID {
            guard let parsed = SessionID(parsing: text) else { throw .badClaim("sid") }
            session = parsed
        } else {
            session = nil
        }
        let role = claims.role.flatMap { Role($0) }
        let (isRevoked, isFresh) = state.withLock { state -> (Bool, Bool) in
            let isRevoked =
                state.isRevoked(session, of: user, epoch: UserEpoch(claims.epoch))
                || role.map { state.isRevoked($0, epoch: RoleEpoch(claims.roleEpoch ?? 0)) } ?? false
            return (isRevoked, state.isFresh(at: now))
        }
        if isRevoked { throw .revoked }
        if isFresh { return }
        switch stalePolicy {
        case .refuse:
            refusedTokens.wrappingAdd(1, ordering: .relaxed)
            throw .revocationsUnknown
        case .acceptUntilExpiry:
            acceptedTokens.wrappingAdd(1, ordering: .relaxed)
        }
    }
}
