// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore
import AuthSystem
import Synchronization

/// Shared by all subjects of the service: the store and the translation of its failures, the clocks, and this process's
/// cached data.
final class ServiceCore: Sendable {
    let settings: AuthSettings
    let roles: RoleDirectory
    let store: any AuthStore
    let clock: any WallClock
    let bootClock: any BootClock
    let random: any RandomSource
    let observe: @Sendable (ServiceEvent) -> Void
    let directory: UserDirectory
    let clockGuard: ClockGuard
    let refusals = RefusalLog()
    let outbox: OutboxWriting
    /// Wakes the workers that answer requests for mails.
    let mailRequests = Broadcast()
    let decoys: DecoyUsers
    /// Those of the settings, until they are replaced.
    let feedSecrets: Mutex<ChangeFeedSecrets>

    init(_ configuration: AuthService.Configuration, decoys: DecoyUsers) {
        self.decoys = decoys
        feedSecrets = Mutex(configuration.settings.changeFeedSecrets)
        settings = configuration.settings
        roles = RoleDirectory(base: configuration.settings.roles)
        store = configuration.store
        clock = configuration.clock
        bootClock = configuration.bootClock
        random = configuration.random
        observe = configuration.observe
        outbox = OutboxWriting(policy: OutboxPolicy(configuration))
        directory = UserDirectory(
            capacity: configuration.settings.cacheCapacity, clock: configuration.bootClock,
            measuresSilenceFromStart: configuration.measuresSilenceFromStart)
        clockGuard = ClockGuard(
            at: ClockReading(wall: configuration.clock.now, boot: configuration.bootClock.sinceBoot))
    }

    /// Both clocks, read now.
    var clockReading: ClockReading { ClockReading(wall: clock.now, boot: bootClock.sinceBoot) }

    /// Whether rows that have expired by the system clock may be deleted, and keys changed by it.
    var isClockTrusted: Bool { clockGuard.isTrusted(at: bootClock.sinceBoot) }

    /// The circumstances of an operation.
    func context(_ client: ClientContext, actor: UserID? = nil) -> OperationContext {
        OperationContext(
            now: clock.now, actor: actor, source: client.source, sourceGroup: client.sourceGroup,
            sourceNetwork: client.sourceNetwork, userAgent: client.userAgent, requestID: client.requestID,
            outbox: outbox.policy)
    }

    /// Runs an operation of the store and translates its failure, whose diagnostic goes to the operator.
    func inStore<Value>(
        _ body: (any AuthStore) async throws(StoreError) -> Value
    ) async throws(AuthError) -> Value {
        do throws(StoreError) {
            return try await body(store)
        } catch {
            throw translate(error)
        }
    }

    /// Writes to the store, and applies the changes of the commit to this process's cached data at once, as written at
    /// `now`.
    func commit<Outcome>(
        at now: Timestamp, _ body: (any AuthStore) async throws(StoreError) -> Committed<Outcome>
    ) async throws(AuthError) -> Outcome {
        let committed = try await inStore(body)
        directory.apply(committed.changes, at: now)
        for case .enqueued(let lane) in committed.changes { outbox.signals.wake(lane) }
        return committed.outcome
    }

    /// The one translation of the store's errors; the operator gets the diagnostic, the caller does not.
    func translate(_ error: StoreError) -> AuthError {
        switch error {
        case .unavailable, .denied, .conflict:
            observe(.storeFailed(error))
            return .unavailable
        case .corrupt:
            observe(.storeFailed(error))
            return .internalFailure
        case .cancelled:
            return .cancelled
        }
    }

    /// Records an event; a rejection only within the share of its source, and otherwise counted with equal ones.
    func record(
        _ action: AuditAction, refusal: String? = nil, target: UserID? = nil, sessionID: SessionID? = nil,
        in context: OperationContext
    ) async throws(AuthError) {
        let event = AuditEvent(action, refusal: refusal, target: target, sessionID: sessionID, in: context)
        guard refusal == nil || refusals.note(event, from: context) else { return }
        try await inStore { store throws(StoreError) in try await store.record([event]) }
    }

    /// Writes an entry of the outbox by itself, and wakes who delivers it.
    ///
    /// - Returns: Whether it was written: not so for a user who is gone.
    func enqueue(_ entry: OutboxEntry, _ context: OperationContext) async throws(AuthError) -> Bool {
        let isWritten = try await inStore { store throws(StoreError) in
            try await store.enqueue(entry, recording: nil, context: context)
        }
        if isWritten { outbox.signals.wake(entry.lane) }
        return isWritten
    }

    /// The user with this id; throws `.userNotFound` if there is none.
    func user(withID id: UserID) async throws(AuthError) -> User {
        guard let user = try await inStore({ store throws(StoreError) in try await store.user(withID: id) }) else {
            throw .userNotFound
        }
        return user
    }

    /// The user with an identifier, and the hash to check a password against; `nil` if there is none, at the same cost.
    func credential(for identifier: Identifier) async throws(AuthError) -> UserCredential? {
        let decoy = decoys.id(for: identifier)
        return try await inStore { store throws(StoreError) in
            try await store.credential(for: identifier, decoy: decoy)
        }
    }

    func makeID(at instant: Timestamp) -> UUIDv7 {
        UUIDv7(at: instant, random: random.bytes(count: 10))
    }

    /// A random time of up to a second, which an attacker cannot know.
    func shortDelay() -> Duration {
        .microseconds(15 * random.bytes(count: 2).reduce(0) { $0 << 8 | Int($1) })
    }

    /// Waits, unless the task is cancelled.
    func pause(for time: Duration) async {
        try? await Task.sleep(for: time)
    }

    /// The duty that a user must fulfil before their tokens carry authority.
    func pendingDuty(of user: User) -> PendingDuty? {
        PendingDuty.of(user, requiresVerifiedEmail: settings.requiresVerifiedEmail)
    }
}
