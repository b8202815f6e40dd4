// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The daemon as `packaging/authd.service` and the `Dockerfile` run it.
@Suite("Serving without privileges", .oneAtATime, .timeLimit(.minutes(10)))
struct OrdinaryUserTests {
    @Test("an ordinary user without capabilities serves, and exits with 0")
    func servesWithoutCapabilities() async throws {
        try await Installation.with(.sqlite) { installation in
            let daemon = try await RunningDaemon(installation, through: try Self.ordinaryUser(of: installation))

            try await daemon.send("GET", "/health").expect(200)
            try await daemon.send("GET", "/health/database").expect(200)
            let metrics = try await daemon.send("GET", "/metrics")
            #expect(metrics.body.contains("\nauthd_connections_failed_total 0\n"), "\(metrics)")

            try await daemon.stop()
        }
    }

    /// What runs a program as a user who may do nothing in particular; where the tests are run by such a user, it is
    /// that one.
    private static func ordinaryUser(of installation: Installation) throws -> [String] {
        let user = UnprivilegedUser.nobody
        if let ids = user.ids {
            try FileManager.default.setAttributes(
                [.ownerAccountID: Int(ids.user), .groupOwnerAccountID: Int(ids.group)],
                ofItemAtPath: installation.directory.path)
        }
        return user.wrapping([], deathSignal: "KILL", isConfined: true)
    }
}
