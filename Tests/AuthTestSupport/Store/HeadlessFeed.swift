// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
package import AuthStoreSQL

/// A store whose change feed has lost the row of its head, and what becomes of its writes.
package struct HeadlessFeed: Sendable {
    /// Everything that the writes of ``Attempt`` would change.
    package struct Contents: Hashable, Sendable {
        package let credential: UserCredential?
        package let sessions: [Session]
        package let token: OneTimeToken?
        package let keys: [StoredSigningKey]
        package let roles: [StoredRole]
        package let events: [StoredAuditEvent]
        package let feed: FeedContinuation
    }

    /// How one operation that appends to the feed ended.
    package struct Attempt: Sendable {
        package let name: String
        /// `nil` where it succeeded.
        package let error: StoreError?
    }

    /// The store before the row was lost.
    package let before: Contents
    /// The attempts without the row.
    package let attempts: [Attempt]
    /// The store after them.
    package let after: Contents
    /// How a snapshot of the feed ended.
    package let snapshot: Attempt
    /// The first of the attempts again, with the row put back.
    package let repaired: Attempt
    /// The feed after that.
    package let feed: FeedContinuation

    /// What is wrong: each write and the snapshot must fail as on a damaged database, without a trace, and succeed once the
    /// row is back.
    package var findings: [String] {
        var findings = Findings()
        for attempt in attempts + [snapshot] {
            if case .corrupt = attempt.error { continue }
            findings.require(false, "\(attempt.name): \(attempt.error.map(String.init(describing:)) ?? "succeeded")")
        }
        findings.requireEqual(attempts.count, 11, "the number of attempts")
        findings.requireEqual(after, before, "the store after the attempts")
        findings.requireEqual(before.sessions.count, 1, "the sessions before")
        findings.require(before.token != nil, "there was no token before")
        findings.requireEqual(before.feed, .continued([]), "the feed before")
        // With its head, the feed takes the same write.
        findings.requireEqual(repaired.error, nil, "the write with the head put back")
        if case .continued(let changes) = feed {
            findings.requireEqual(changes.map(\.cursor), [1], "the cursors at the end")
        } else {
            findings.require(false, "the feed is of another history")
        }
        return findings.all
    }

    private static let removal = SQL("DELETE FROM authd.feed_head")
    private static let repair = SQL("INSERT INTO authd.feed_head (cursor) VALUES (0)")

    /// Tries everything that appends to the feed, in an empty database with the schema.
    package static func observe(in driver: some SQLDriver) async throws -> HeadlessFeed {
        let store = SQLAuthStore(driver)
        let now = Timestamp(seconds: 1_800_000_000)
        let context = OperationContext(now: now)
        let ada = User(
            id: UserID(UUIDv7(high: 1, low: 1)), username: try Username("ada"),
            email: try EmailAddress("ada@example.test"), createdAt: now)
        let id = ada.id
        let hash = StoredPasswordHash(text: "$test$1", cost: "test")
        let newHash = StoredPasswordHash(text: "$test$2", cost: "test")
        _ = try await store.createUser(ada, passwordHash: hash, action: .userCreated, context: context)
        func session(_ number: UInt64) -> Session {
            Session(
                id: SessionID(UUIDv7(high: 2, low: number)), userID: id, scope: .none, authenticatedAt: now,
                methods: [],
                createdAt: now, notAfter: now + .seconds(3_600), idleTimeout: .seconds(600),
                rotation: RefreshState(rotatedAt: now))
        }
        _ = try await store.openSession(session(1), expecting: ada.epoch, context: context)
        let token = OneTimeToken(
            digest: [UInt8](repeating: 1, count: 32), purpose: .passwordReset, userID: id,
            address: "ada@example.test", createdAt: now, expiresAt: now + .seconds(60))
        _ = try await store.issueToken(token, context: context)
        let key = StoredSigningKey(
            id: "k", algorithm: "ES256", state: .active, sealedPrivateKey: [1], publicJWK: "{}", createdAt: now,
            stateChangedAt: now)
        let profile = ProfileChange(userMetadata: try MetadataPatch(["n": 1]))
        let role = try RoleDefinition("editor", permissions: "notes")

        func contents() async throws -> Contents {
            Contents(
                credential: try await store.credential(of: id),
                sessions: try await store.sessions(of: id, aliveAt: now),
                token: try await store.oneTimeToken(token.key), keys: try await store.signingKeys(),
                roles: try await store.roles(),
                events: try await store.auditEvents(before: nil, limit: 100),
                feed: try await store.changes(after: .start, limit: 100))
        }
        func attempt(_ name: String, _ body: () async throws(StoreError) -> Void) async -> Attempt {
            do throws(StoreError) {
                try await body()
                return Attempt(name: name, error: nil)
            } catch {
                return Attempt(name: name, error: error)
            }
        }
        func signOut() async -> Attempt {
            await attempt("signing out") { () throws(StoreError) in
                _ = try await store.endSession(session(1).id, of: id, reason: .signedOut, context: context)
            }
        }
        func write(_ statement: SQL) async throws {
            _ = try await driver.perform(
                SQLOperation<SQLResult>(.writeOnce, .run(Statement(statement)) { .commit([], $0) }))
        }

        let before = try await contents()
        try await write(removal)
        var attempts = [await signOut()]
        attempts.append(
            await attempt("signing out everywhere") { () throws(StoreError) in
                _ = try await store.endSessions(of: id, except: nil, reason: .revoked, context: context)
            })
        attempts.append(
            await attempt("a sign-in that ends another session") { () throws(StoreError) in
                _ = try await store.openSession(
                    session(2), expecting: ada.epoch, limit: SessionLimit(perUser: 1), replacing: nil, context: context)
            })
        attempts.append(
            await attempt("another password") { () throws(StoreError) in
                let replacement = PasswordReplacement(expected: hash, new: newHash, session: nil)
                _ = try await store.replacePassword(of: id, replacement, context: context)
            })
        attempts.append(
            await attempt("a password reset") { () throws(StoreError) in
                _ = try await store.redeemPasswordReset(.link(token.key), newHash: newHash, context: context)
            })
        attempts.append(
            await attempt("another profile") { () throws(StoreError) in
                _ = try await store.changeProfile(of: id, by: profile, context: context)
            })
        for action in [AdministrativeAction.setRole(.guest), .setActive(false), .delete] {
            attempts.append(
                await attempt("\(action)") { () throws(StoreError) in
                    _ = try await store.perform(action, on: id, context: context)
                })
        }
        attempts.append(
            await attempt("another key") { () throws(StoreError) in
                _ = try await store.updateSigningKeys(context: context) { _ in SigningKeyUpdate(put: [key]) }
            })
        attempts.append(
            await attempt("another role") { () throws(StoreError) in
                _ = try await store.changeRoles(by: .define(role), under: RoleRules(), context: context)
            })
        let snapshot = await attempt("a snapshot") { () throws(StoreError) in
            _ = try await store.changeSnapshot(since: now)
        }
        let after = try await contents()
        try await write(repair)
        return HeadlessFeed(
            before: before, attempts: attempts, after: after, snapshot: snapshot, repaired: await signOut(),
            feed: try await store.changes(after: .start, limit: 100))
    }
}
