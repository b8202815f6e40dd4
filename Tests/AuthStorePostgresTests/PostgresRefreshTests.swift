// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import Testing

/// What a refresh answers that has waited for its session's row while another transaction changed the user.
@Suite("Refreshing on PostgreSQL", .timeLimit(.minutes(10)))
struct PostgresRefreshTests {
    private static let lockSession = SQL("SELECT id FROM authd.sessions WHERE user_id = $1 AND id = $2 FOR UPDATE")
    private static let nap = SQL("SELECT pg_sleep(0.01) IS NULL")
    private static let waiting = SQL(
        "SELECT pid::bigint FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
    private static let promote = SQL("UPDATE authd.users SET role = 'admin', epoch = epoch + 1 WHERE id = $1")
    private static let deactivate = SQL("UPDATE authd.users SET is_active = false, epoch = epoch + 1 WHERE id = $1")
    private static let endSessions = SQL(
        """
        UPDATE authd.sessions SET ended_at_us = rotated_at_us, end_reason = 'user_disabled' WHERE user_id = $1
        """)
    private static let delete = SQL("DELETE FROM authd.users WHERE id = $1")

    private let context = OperationContext(now: Timestamp(seconds: 1_800_000_000))

    /// Lends a store with a user and a session of theirs.
    private func withSession(
        _ body: (SQLAuthStore<PostgresDriver>, User, Session) async throws -> Void
    ) async throws {
        try await TemporaryPostgres.withDriver({ $0.pool = PoolLimits(size: 2, overflow: 0) }) { driver in
            try await SchemaMigrator(driver).up(at: context.now)
            let store = SQLAuthStore(driver)
            let id = UUIDv7(high: 1, low: 1)
            let ada = User(id: UserID(id), username: try Username("ada"), role: .user, createdAt: context.now)
            let session = Session(
                id: SessionID(id), userID: ada.id, scope: .everything, authenticatedAt: context.now, methods: [],
                createdAt: context.now, notAfter: context.now + .seconds(1_000), idleTimeout: .seconds(1_000),
                rotation: RefreshState(rotatedAt: context.now))
            _ = try await store.createUser(ada, passwordHash: nil, action: .userCreated, context: context)
            _ = try await store.openSession(session, expecting: ada.epoch, context: context)
            let user = try #require(try await store.user(withID: ada.id))
            try await body(store, user, session)
        }
    }

    /// Refreshes while another transaction has locked the session's row, which changes things only when the refresh waits
    /// for it.
    private func refresh(
        _ session: Session, in store: SQLAuthStore<PostgresDriver>, during changes: [SQL]
    ) async throws -> RefreshOutcome {
        let (locked, continuation) = AsyncStream.makeStream(of: Void.self)
        let statements = changes.map { Statement($0, [.id(session.userID)]) }
        let lock = Statement(Self.lockSession, [.id(session.userID), .id(session.id)])
        let change = SQLOperation(
            .write,
            SQLProgram<Int>.run(lock) { (result) throws(StoreError) in
                continuation.yield()
                return Self.untilWaitedFor(thenRunning: statements, giving: result.rows.count)
            })
        async let changing = store.driver.perform(change)
        var beginnings = locked.makeAsyncIterator()
        _ = await beginnings.next()
        let outcome = try await present(session, 0, to: store)
        let lockedRows = try await changing
        #expect(lockedRows == 1)
        return outcome
    }

    private static func untilWaitedFor(thenRunning statements: [Statement], giving output: Int) -> SQLProgram<Int> {
        .run([Statement(nap), Statement(waiting)]) { (results) throws(StoreError) in
            results[1].rows.isEmpty
                ? untilWaitedFor(thenRunning: statements, giving: output) : .commit(statements, output)
        }
    }

    private func present(
        _ session: Session, _ counter: Int64, to store: SQLAuthStore<PostgresDriver>
    ) async throws -> RefreshOutcome {
        let presented = RefreshPresentation(
            sessionID: session.id, userID: session.userID, counter: counter, grace: .seconds(10))
        return try await store.refresh(presented, context: context).outcome
    }

    @Test("is rejected if the user was deactivated while it waited")
    func deactivation() async throws {
        try await withSession { store, _, session in
            let outcome = try await refresh(session, in: store, during: [Self.deactivate, Self.endSessions])

            #expect(outcome == .refused(.ended(.userDisabled)))
        }
    }

    @Test("is unknown if the user was deleted while it waited")
    func deletion() async throws {
        try await withSession { store, _, session in
            let outcome = try await refresh(session, in: store, during: [Self.delete])

            #expect(outcome == .unknown)
        }
    }

    @Test("counts as one from before a change of the role that it waited for: role and epoch are the old ones")
    func roleChange() async throws {
        try await withSession { store, before, session in
            let outcome = try await refresh(session, in: store, during: [Self.promote])
            let next = try await present(session, 1, to: store)

            guard case .accepted(let rotated, let user, .rotated) = outcome,
                case .accepted(_, let promoted, .rotated) = next
            else {
                Issue.record("the session was not rotated: \(outcome), then \(next)")
                return
            }
            #expect(rotated.rotation.counter == 1)
            #expect(user == before)
            #expect(promoted.role == .admin)
            #expect(promoted.epoch > user.epoch)
        }
    }
}
