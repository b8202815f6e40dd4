// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Why a service cannot start.
public enum StartError: Error, Hashable, Sendable {
    /// The store holds secrets of another root key. Nothing was changed.
    case wrongRootKey
    /// A use case that starting needs failed.
    case failed(AuthError)
}

extension AuthService {
    /// Makes the service ready: checks the root key, makes or loads the signing keys, and takes in the revocations that
    /// unexpired tokens may collide with.
    ///
    /// - Throws: `.wrongRootKey`, or `.failed` with `.unavailable`, `.internalFailure` or `.cancelled`.
    public func start() async throws(StartError) {
        let holdsRootKey: Bool
        do throws(AuthError) {
            holdsRootKey = try await inStore { () throws(StoreError) in try await keys.checkRootKey() }
            // A process with another root key must not add keys that the others cannot open.
            if holdsRootKey {
                // The keys after the feed's place: a change to them that comes in between is then read from the feed.
                try await catchUp()
                try await keys.update(context: context(ClientContext()), trustsClock: false)
                try await learnHashMix()
                try await compareClockAtStart()
            }
        } catch {
            throw .failed(error)
        }
        guard holdsRootKey else { throw .wrongRootKey }
    }

    /// Works until the task is cancelled: follows the feed, rotates keys, sends mail, seals the audit log, removes what
    /// has expired.
    ///
    /// Bounded in memory, and never throws: what fails is reported to the observer and tried again. Cancelling lets the
    /// work that was left for after an answer be done first, unless it keeps failing.
    public func run() async {
        directory.beginFollowing()
        tail.open()
        defer { tail.close() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.followFeed() }
            group.addTask { await self.runMaintenance() }
            group.addTask { await self.mails.run() }
            group.addTask { await self.notices.run() }
            group.addTask { await self.keepAuditSealed() }
        }
        // What was counted until now must be written, although this task is cancelled.
        await Task { await self.writeCountedRefusals() }.value
    }

    /// Reads what other processes wrote to the change feed and takes it in, once.
    ///
    /// A running service does so by itself.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func readChanges() async throws(AuthError) {
        try await inStore { () throws(StoreError) in while try await readFeed() {} }
    }

    /// Looks once after what comes due slowly: keys, memory, expired rows.
    ///
    /// A running service does so by itself.
    public func performHousekeeping() async {
        await tick()
    }

    /// The published key set as JSON.
    public var jwks: [UInt8] { keys.jwks }

    /// For how long a verifier may keep ``jwks``.
    public var jwksLifetime: Duration { TokenKeys.keySetLifetime }

    /// Every signing key in the store.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func signingKeys() async throws(AuthError) -> [SigningKeyDescription] {
        try await inStore { () throws(StoreError) in try await keys.list() }
    }

    /// Does what an operator asks of the signing keys.
    ///
    /// The other processes follow through the feed.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func rotateKeys(_ command: KeyCommand) async throws(AuthError) {
        let context = context(ClientContext())
        directory.apply(try await keys.update(context: context, command: command), at: context.now)
        principals.removeAll()
    }

    /// Asks the store for a sign of life.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func checkStore() async throws(AuthError) {
        try await inStore { () throws(StoreError) in try await store.checkHealth() }
    }

    /// Whether the change feed is being heard, so that revocations elsewhere are known here within the stated bound.
    public var isFeedFresh: Bool {
        !directory.isStale(patience: settings.feedPatience)
    }

    /// How much is held and waiting, for metrics.
    public var gauges: ServiceGauges {
        let counts = directory.counts
        return ServiceGauges(
            revocations: counts.revocations, cachedUsers: counts.users, cachedPrincipals: principals.count,
            waitingMails: mails.count + notices.count, waitingFollowers: tail.waiterCount)
    }

    /// How the change feed is being heard, for metrics.
    public var feedHealth: ChangeFeedHealth {
        let tokens = staleness.counts
        return ChangeFeedHealth(
            silence: directory.silence, refusedTokens: tokens.refused, acceptedTokens: tokens.accepted)
    }

    /// How often attacks on many users were noticed, for metrics.
    public var noticedAttacks: NoticedAttacks { sprayWatch.counts }
}

/// What a service holds in memory.
public struct ServiceGauges: Hashable, Sendable {
    /// Revocations that unexpired tokens may collide with.
    public let revocations: Int
    /// Users kept to spare the store.
    public let cachedUsers: Int
    /// Verified tokens kept to spare the signature check.
    public let cachedPrincipals: Int
    /// Mails and other work left for after an answer.
    public let waitingMails: Int
    /// Requests that wait for an entry of the change feed.
    public let waitingFollowers: Int
}
