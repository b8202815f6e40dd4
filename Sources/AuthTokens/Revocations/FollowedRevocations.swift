// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// What a follower of an issuer's change feed knows, and what it does next: a pure value.
///
/// Revocations only ever add up, so that a page may be taken in twice, and a follower that has to begin anew keeps what it
/// knows meanwhile. Each entry is kept for as long after it was heard of as the issuer says that a token may live, by a
/// clock that cannot be set, and as long after it was written, by the clock that tokens are verified by: however that one
/// is wrong or set, no entry is dropped too early.
struct FollowedRevocations: Sendable {
    /// What a poll came to.
    struct Round: Hashable, Sendable {
        /// How long to wait before the next poll, before jitter.
        var pause: Duration
        /// Whether the issuer's keys changed.
        var keysChanged = false
        /// Whether nothing was learned: clients of one issuer should not come back together.
        var isFailure = false
    }

    private let limits: RevocationFeed.Limits
    private var revocations = RevocationState()
    private var cursor: String?
    /// Whether everything that the issuer knew at the last answer was in it or before.
    private var isCaughtUp = false
    /// Whether the issuer's feed no longer has what was read last: what came since is not known before the next page.
    private var hasLostPlace = false
    private var heardAt: BootInstant?
    private var retention = Duration.zero
    private var forgetAt: BootInstant?
    private var failures = 0

    init(limits: RevocationFeed.Limits) {
        self.limits = limits
    }

    /// What to ask next.
    var request: FeedRequest {
        // Only who knows all can wait for more.
        let wait = isCaughtUp ? limits.wait : .zero
        let seconds = wait.components.seconds
        let query = cursor.map { "?after=\($0)&wait=\(seconds)" } ?? "?wait=\(seconds)"
        return FeedRequest(query: query, timeout: wait + max(limits.patience / 2, .seconds(1)))
    }

    /// Takes in a page that was asked for at `start` and came at `now`.
    mutating func take(_ page: ChangePage, askedAt start: BootInstant, at now: ClockReading) -> Round {
        // A page that promises more without having moved would be asked for forever.
        let hasMoved = page.cursor != cursor && !page.entries.isEmpty
        guard page.retentionSeconds <= Self.longestRetentionSeconds, hasMoved || !page.hasMore else { return fail() }
        // The longest that was ever said: tokens of longer lives may be left from before.
        retention = max(retention, .seconds(page.retentionSeconds))
        for entry in page.entries {
            // An issuer whose clock is far ahead must not fill the memory for good.
            revocations.apply(entry.kind, at: min(entry.at, now.wall + .seconds(86_400)), heard: now.boot)
        }
        if revocations.count > limits.maximumEntries { forgetIfDue(at: now, evenEarly: true) }
        guard revocations.count <= limits.maximumEntries else {
            // To drop some would be to accept what was revoked; not to know any is at least known.
            revocations = RevocationState()
            begin()
            heardAt = nil
            return fail()
        }
        forgetIfDue(at: now, evenEarly: false)
        failures = 0
        cursor = page.cursor
        isCaughtUp = !page.hasMore
        if isCaughtUp {
            heardAt = now.boot
            hasLostPlace = false
        }
        let keysChanged = page.entries.contains { $0.kind == .keysChanged }
        // Only entries, and the time for which the issuer was to wait, space out polls: neither is this side's to decide.
        let pause = isCaughtUp ? max(limits.shortestPause - (now.boot - start), .zero) : .zero
        return Round(pause: pause, keysChanged: keysChanged)
    }

    /// Takes in that the issuer no longer keeps what came behind the cursor, or has another history since it was restored.
    ///
    /// What is known stays known; what was missed comes with the next answer, and so may others than the known keys. Until
    /// then the feed is stale, however recent the last page was.
    mutating func beginAnew() -> Round {
        // An issuer that says so to a poll without a cursor makes no sense.
        guard cursor != nil else { return fail() }
        begin()
        hasLostPlace = true
        return Round(pause: limits.shortestPause, keysChanged: true)
    }

    /// Takes in that a poll brought nothing that can be read.
    mutating func fail() -> Round {
        failures = min(failures + 1, 16)
        let pause = limits.shortestPause * (1 << failures)
        return Round(pause: min(pause, limits.longestPause), isFailure: true)
    }

    /// For how long nothing was heard; `nil` before the first time.
    func silence(at now: BootInstant) -> Duration? {
        heardAt.map { now - $0 }
    }

    /// Whether revocations are known up to so short a time ago as the limits ask for.
    func isFresh(at now: BootInstant) -> Bool {
        guard !hasLostPlace else { return false }
        return silence(at: now).map { $0 <= limits.patience } ?? false
    }

    /// Whether a token of this session, user and epoch has been revoked, as far as is known.
    func isRevoked(_ session: SessionID?, of user: UserID, epoch: UserEpoch) -> Bool {
        revocations.isRevoked(session, of: user, epoch: epoch)
    }

    /// Whether tokens of a role with this epoch of it have been revoked, as far as is known.
    func isRevoked(_ role: Role, epoch: RoleEpoch) -> Bool {
        revocations.isRevoked(role, epoch: epoch)
    }

    /// How many revocations are held.
    var count: Int { revocations.count }

    private mutating func begin() {
        cursor = nil
        isCaughtUp = false
    }

    private mutating func forgetIfDue(at now: ClockReading, evenEarly: Bool) {
        if let forgetAt, now.boot < forgetAt, !evenEarly { return }
        forgetAt = now.boot + .seconds(60)
        revocations.forget(olderThan: retention, at: now)
    }

    /// A week: no access token lives that long.
    private static let longestRetentionSeconds: Int64 = 604_800
}
