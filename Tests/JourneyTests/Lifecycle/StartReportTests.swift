// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What a daemon tells its operator about itself, its database and its requests.
@Suite("Start line, log of requests and connections", .oneAtATime, .timeLimit(.minutes(10)))
struct StartReportTests {
    @Test(
        "versions of the deployment and the database, the client's network, slow requests and the pool are told",
        arguments: DatabaseKind.allCases)
    func report(on database: DatabaseKind) async throws {
        let settings = [
            "APP_VERSION": "2026.11-rc1", "LOG_CLIENT_ADDRESS": "network", "SLOW_REQUEST_MILLISECONDS": "1",
        ]
        try await Installation.with(database, settings) { installation in
            try await installation.serving { daemon in
                let start = await daemon.log.split(separator: "\n").first { $0.contains("authd is ready") } ?? ""
                let product =
                    switch database {
                    case .sqlite: "SQLite 3."
                    case .postgres: "PostgreSQL 1"
                    }
                #expect(start.contains(" database_version=\"\(product)"), "\(start)")
                #expect(start.contains(" app_version=2026.11-rc1 ") && start.contains(" version="), "\(start)")

                let health = try await daemon.send("GET", "/health")
                #expect(try health.text("version") == "2026.11-rc1")
                #expect(health[field: "x-process-time"]?.wholeMatch(of: #/\d+\.\d{6}/#) != nil, "\(health)")
                let ready = try await daemon.send("GET", "/health/database")
                #expect(ready.body.contains(#""pool":{"open":"#) && ready.body.contains(#""limit":"#), "\(ready)")

                // A password takes longer than a millisecond.
                let grace = try await daemon.signUp("grace")
                let me = try await daemon.send("GET", "/auth/me", token: grace.access)
                #expect(me.status == 200 && me[field: "x-process-time"] == nil)
                let log = await daemon.log(with: "slow request", "client=127.0.0.0/24")
                let slow = log.split(separator: "\n").filter { $0.contains(" warning slow request ") }
                #expect(slow.contains { $0.contains(" route=/auth/register ") }, "\(log)")
            }
        }
    }
}
