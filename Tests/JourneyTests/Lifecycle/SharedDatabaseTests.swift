// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// PostgreSQL shared with another daemon, or gone for a while.
@Suite("Daemons that share PostgreSQL", .oneAtATime, .timeLimit(.minutes(10)))
struct SharedDatabaseTests {
    // ASVS 7.4.1, 8.3.2
    // Behaviour D63
    @Test("a session that one daemon revokes is soon rejected by the other")
    func revocationTravels() async throws {
        try await Installation.with(.postgres) { installation in
            try await installation.serving { here in
                try await installation.serving { there in
                    let grace = try await here.signUp("grace")
                    try await there.send("GET", "/auth/me", token: grace.access).expect(200)

                    try await here.send("POST", "/auth/logout", token: grace.access).expect(200)

                    try await here.send("GET", "/auth/me", token: grace.access).expectProblem(401, "invalid_token")
                    try await there.poll(for: 401, "/auth/me", token: grace.access)
                        .expectProblem(401, "invalid_token")
                }
            }
        }
    }

    @Test("while the database is away requests are answered 503, and then again as before")
    func databaseComesBack() async throws {
        let cluster = try await PostgresCluster.started()
        let settings = [
            "DATABASE_URL": try await cluster.makeDatabase(), "DB_POOL_TIMEOUT": "1", "DB_CONNECT_TIMEOUT": "1",
            "RATE_LIMIT_ENABLED": "false",
        ]
        let outcome: Result<Void, any Error>
        do {
            try await Installation.with(.sqlite, settings) { installation in
                try await installation.serving { daemon in try await outage(of: cluster, under: daemon) }
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await cluster.remove()
        try outcome.get()
    }

    private func outage(of cluster: PostgresCluster, under daemon: RunningDaemon) async throws {
        let login = #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#
        let grace = try await daemon.signUp("grace")
        try await daemon.send("GET", "/health/database").expect(200)

        await cluster.stop()

        try await daemon.send("POST", "/auth/login", json: login).expectProblem(503, "unavailable")
        try await daemon.send("GET", "/health/database").expectProblem(503, "unavailable")
        try await daemon.send("GET", "/health").expect(200)
        try await daemon.send("GET", "/.well-known/jwks.json").expect(200)
        // A forged token needs no database to be refused.
        try await daemon.send("GET", "/auth/me", token: "a.b.c").expectProblem(401, "invalid_token")

        try await cluster.start()

        try await daemon.poll(for: 200, "/health/database").expect(200)
        try await daemon.send("POST", "/auth/login", json: login).expect(200)
        try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
    }
}
