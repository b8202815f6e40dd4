// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// What every subject of the service works with: the store and how its failures are told, the clocks, and what this
/// process keeps in memory of the store.
final class ServiceCore: Sendable {
    let settings: AuthSettings
    let policy: AccessPolicy
    let store: any AuthStore
    let clock: any WallClock
    let bootClock: any BootClock
    let random: any RandomSource
    let observe: @Sendable (ServiceEvent) -> Void
    let directory: UserDirectory
    let clockGuard: ClockGuard
    let refusals = RefusalLog()

    init(_ configuration: AuthService.Configuration) {
        settings = configuration.settings
        policy = AccessPolicy(roles: configuration.settings.roles)
        store = configuration.store
        clock = configuration.clock
        bootClock = configuration.bootClock
        random = configuration.random
        observe = configuration.observe
        directory = UserDirectory(capacity: configuration.settings.cacheCapacity, clock: configuration.bootClock)
        clockGuard = ClockGuard(
            at: ClockReading(wall: configuration.clock.now, boot: configuration.bootClock.sinceBoot))
    }

    /// Both clocks, as they are now.
    var clockReading: ClockReading { ClockReading(wall: clock.now, boot: bootClock.sinceBoot) }

    /// Whether what is expired by the system clock may be deleted, and keys moved by it.
    var isClockTrusted: Bool { clockGuard.isTrusted(at: bootClock.sinceBoot) }

    /// When and for whom an operation is made.
    func context(_ client: ClientContext, actor: UserID? = nil) -> OperationContext {
        OperationContext(
            now: clock.now, actor: actor, source: client.source, sourceGroup: client.sourceGroup,
            sourceNetwork: client.sourceNetwork, userAgent: client.userAgent, requestID: client.requestID)
    }

    /// Does something in the store and translates its failure, whose diagnostic goes to the operator.
    func inStore<Value>(
        _ body: (any AuthStore) async throws(StoreError) -> Value
    ) async throws(AuthError) -> Value {
        do throws(StoreError) {
            return try await body(store)
        } catch {
            throw translate(error)
        }
    }

    /// Writes in the store, and takes in at once what the commit changed of what this process keeps in memory.
    ///
    /// - Parameter now: When it was written.
    func commit<Outcome>(
        at now: Timestamp, _ body: (any AuthStore) async throws(StoreError) -> Committed<Outcome>
    ) async throws(AuthError) -> Outcome {
        let committed = try await inStore(body)
        directory.apply(committed.changes, at: now)
        return committed.outcome
    }

    /// The one translation of what a store reports; the operator gets its diagnostic, the caller does not.
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

    /// Records an event; a refusal only within the share of its source, and otherwise with others like it.
    func record(
        _ action: AuditAction, refusal: String? = nil, target: UserID? = nil, sessionID: SessionID? = nil,
        in context: OperationContext
    ) async throws(AuthError) {
        let event = AuditEvent(action, refusal: refusal, target: target, sessionID: sessionID, in: context)
        guard refusal == nil || refusals.note(event, from: context) else { return }
        try await inStore { store throws(StoreError) in try await store.record([event]) }
    }

    /// The user with this id; throws `.userNotFound` where there is none.
    func user(withID id: UserID) async throws(AuthError) -> User {
        guard let user = try await inStore({ store throws(StoreError) in try await store.user(withID: id) }) else {
            throw .userNotFound
        }
        return user
    }

    func makeID(at instant: Timestamp) -> UUIDv7 {
        UUIDv7(at: instant, random: random.bytes(count: 10))
    }

    /// What a user must do before their tokens carry authority.
    func pendingDuty(of user: User) -> PendingDuty? {
        PendingDuty.of(user, requiresVerifiedEmail: settings.requiresVerifiedEmail)
    }
}
