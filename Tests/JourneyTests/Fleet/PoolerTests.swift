// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// Two daemons behind PgBouncer, in each of its modes, set up as docs/deployment.md says.
@Suite("Two daemons behind PgBouncer", .oneAtATime, .timeLimit(.minutes(10)))
struct PoolerTests {
    @Test(
        "sign in, refresh, read each other's revocations, and recover when the pooler was restarted",
        arguments: PgBouncer.Mode.allCases)
    func behindPooler(_ mode: PgBouncer.Mode) async throws {
        let cluster = try await PostgresCluster.shared
        let database = try await cluster.makeDatabase()
        // As many sessions as two daemons may use.
        let pooler = try await PgBouncer(mode, to: database, on: cluster, sessions: 32)
        let settings = mode.settings.merging(["RATE_LIMIT_ENABLED": "false"]) { first, _ in first }
        let outcome: Result<Void, any Error>
        do {
            try await Installation.with(.sqlite, settings.merging(["DATABASE_URL": database]) { first, _ in first }) {
                // A session pooler is a way for migrations too; a transaction pooler is gone round.
                let way = mode == .session ? pooler.url : database
                let migrated = try await $0.with(["DATABASE_URL": way]).authd("migrate")
                try #require(migrated.succeeded, "\(migrated)")
                let installation = $0.with(["DATABASE_URL": pooler.url])
                try await installation.serving { here in
                    try await installation.serving { there in
                        try await journey("ada", here, there)
                        await pooler.stop()
                        try await here.poll(for: 503, "/health/database").expect(503)
                        try await pooler.start()
                        for daemon in [here, there] {
                            try await daemon.poll(for: 200, "/health/database").expect(200)
                        }
                        try await journey("grace", there, here)
                    }
                }
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await pooler.remove()
        try outcome.get()
    }

    /// What is signed in at one daemon is refreshed at the other, and what one revokes, the other soon refuses.
    private func journey(_ name: String, _ here: RunningDaemon, _ there: RunningDaemon) async throws {
        let user = try await here.signUp(name)
        let refreshed = try await there.send(
            "POST", "/auth/refresh", json: #"{"refresh_token":"\#(user.refresh)"}"#)
        refreshed.expect(200)
        let access = try refreshed.text("access_token")
        try await there.send("GET", "/auth/me", token: access).expect(200)

        try await here.send("POST", "/auth/logout", token: access).expect(200)

        try await here.send("GET", "/auth/me", token: access).expectProblem(401, "invalid_token")
        try await there.poll(for: 401, "/auth/me", token: access).expectProblem(401, "invalid_token")
    }
}
