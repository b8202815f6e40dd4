// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// The daemon as `packaging/authd.service` and the `Dockerfile` run it.
@Suite("serving without privileges", .oneAtATime, .timeLimit(.minutes(10)))
struct OrdinaryUserTests {
    @Test("an ordinary user without capabilities serves, and ends in peace")
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
        guard geteuid() == 0 else { return [] }
        let nobody = 65_534
        try FileManager.default.setAttributes(
            [.ownerAccountID: nobody, .groupOwnerAccountID: nobody], ofItemAtPath: installation.directory.path)
        return [
            "setpriv", "--reuid", "\(nobody)", "--regid", "\(nobody)", "--clear-groups", "--no-new-privs",
            "--bounding-set=-all", "--inh-caps=-all", "--pdeathsig", "KILL",
        ]
    }
}
