// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension AuthService {
    /// Makes the service ready: checks schema and root key, makes or loads the signing keys, and loads the revocations that
    /// may concern unexpired tokens.
    ///
    /// From here on the silence of the change feed counts: a service that is not run rejects access tokens after
    /// `AuthSettings.feedPatience`, because it does not hear of what other processes revoke.
    ///
    /// - Throws: `.schemaPending`, `.newerSchema`, `.alteredSchema` or `.earlierDatabase` where the store's schema is not the
    ///   one that this version knows; `.wrongRootKey`; `.storeFailed`; `.failed` with `.unavailable`, `.internalFailure` or
    ///   `.cancelled`.
    public func start() async throws(StartError) {
        if let fault = try await schemaFault() { throw StartError(fault) }
        let holdsRootKey: Bool
        do throws(AuthError) {
            holdsRootKey = try await core.inStore { _ throws(StoreError) in try await keys.tokenKeys.checkRootKey() }
            // A process with another root key must not add keys that the others cannot open.
            if holdsRootKey {
                try await audit.prepare()
                // The keys after the feed's place: a change to them that comes in between is then read from the feed.
                try await changeFeed.catchUp()
                try await keys.update(trustsClock: false)
                // Before the first answer, so that every process publishes the same keys.
                if core.settings.supabase != nil { _ = try await supabase.apiKeys.key() }
                try await maintenance.learnHashMix()
                try await clocks.compareAtStart()
            }
        } catch {
            throw .failed(error)
        }
        guard holdsRootKey else { throw .wrongRootKey }
    }

    private func schemaFault() async throws(StartError) -> SchemaFault? {
        do throws(StoreError) {
            return try await core.store.schemaFault()
        } catch {
            throw error == .cancelled ? .failed(.cancelled) : .storeFailed(error)
        }
    }

    /// Runs until the task is cancelled: follows the change feed, rotates keys, delivers mail and events, seals the audit log,
    /// removes expired rows.
    ///
    /// Run it beside the server, in a task group or, with `AuthHTTP`, as a service of a `ServiceGroup`, where it ends on
    /// graceful shutdown too. Without it no mail leaves and no event is delivered, and access tokens are rejected soon after ``start()``. Close the
    /// store when it has returned.
    ///
    /// Bounded in memory, and never throws: a failure is reported to the observer and retried. Cancellation lets
    /// answers and deliveries under way finish first; what else is to be done stays in the store.
    @_disfavoredOverload
    public func run() async {
        await runUntilCancelled()
    }

    /// Runs until the task is cancelled, and in no other way ends.
    package func runUntilCancelled() async {
        changeFeed.beginFollowing()
        defer { changeFeed.endWaiting() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.changeFeed.follow() }
            group.addTask { await self.maintenance.run() }
            group.addTask { await self.mail.worker.run() }
            group.addTask { await self.outbox.dispatcher.run() }
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

    /// Answers the requests for mails that are due, delivers what is due, once, and writes the counted rejections.
    ///
    /// For tests; a running service does so in the background.
    public func completeDeferredWork() async {
        await mail.worker.answerDue()
        await outbox.dispatcher.deliverDue()
        await audit.writeCountedRefusals()
    }
}
