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
    /// Makes the service ready: checks the root key, makes or loads the signing keys, and loads the revocations that
    /// may concern unexpired tokens.
    ///
    /// - Throws: `.wrongRootKey`, or `.failed` with `.unavailable`, `.internalFailure` or `.cancelled`.
    public func start() async throws(StartError) {
        let holdsRootKey: Bool
        do throws(AuthError) {
            holdsRootKey = try await core.inStore { _ throws(StoreError) in try await keys.tokenKeys.checkRootKey() }
            // A process with another root key must not add keys that the others cannot open.
            if holdsRootKey {
                // The keys after the feed's cursor: a change to them that comes in between is then read from the feed.
                try await audit.prepare()
                try await changeFeed.catchUp()
                try await keys.update(trustsClock: false)
                try await maintenance.learnHashMix()
                try await clocks.compareAtStart()
            }
        } catch {
            throw .failed(error)
        }
        guard holdsRootKey else { throw .wrongRootKey }
    }

    /// Runs until the task is cancelled: follows the change feed, rotates keys, sends mail, seals the audit log,
    /// removes expired rows.
    ///
    /// Bounded in memory, and never throws: a failure is reported to the observer and retried. Cancellation lets
    /// deferred work finish first, unless it keeps failing.
    public func run() async {
        changeFeed.beginFollowing()
        defer { changeFeed.endWaiting() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.changeFeed.follow() }
            group.addTask { await self.maintenance.run() }
            group.addTask { await self.mail.dispatch.requested.run() }
            group.addTask { await self.mail.dispatch.notices.run() }
            group.addTask { await self.audit.keepSealed() }
        }
        // Counted rejections must be written, although this task is cancelled.
        await Task { await self.audit.writeCountedRefusals() }.value
    }

    /// Runs periodic work once: keys, memory, expired rows.
    ///
    /// A running service does so in the background.
    public func runMaintenance() async {
        await maintenance.performRound()
    }

    /// Does all deferred work, once, and writes the counted rejections.
    ///
    /// For tests; a running service does so in the background.
    public func completeDeferredWork() async {
        await mail.dispatch.requested.clear()
        await mail.dispatch.notices.clear()
        await audit.writeCountedRefusals()
    }
}
