// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What an operator does about registrations that were not completed.
@Suite("Clean-up of unverified users by command", .oneAtATime, .timeLimit(.minutes(10)))
struct UserCleanUpTests {
    // Behaviour A20
    @Test(
        "clean-up lists who never verified their address, then removes them, and leaves the others",
        arguments: DatabaseKind.allCases)
    func cleanUp(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let clock = try await SystemClockShim(in: installation.directory)
            try await installation.serving { daemon in
                _ = try await daemon.signUp("visitor")
                for name in ["ada", "bob"] {
                    try await daemon.send(
                        "POST", "/auth/register",
                        json:
                            #"{"username":"\#(name)","email":"\#(name)@example.com","password":"\#(RunningDaemon.password)"}"#
                    ).expect(201)
                }
                _ = try await installation.administrator(of: daemon)
            }
            let unset = try await installation.authd("user", "clean-up", "--dry-run")
            #expect(unset.end == .exited(64) && unset.errors.contains("UNVERIFIED_USER_DAYS is 0"), "\(unset)")
            try clock.set(ahead: 8 * 86_400)
            let later = installation.with(clock.environment.merging(["UNVERIFIED_USER_DAYS": "7"]) { $1 })

            let young = try await later.authd("user", "clean-up", "--dry-run", "--older-than", "30")
            #expect(young.succeeded && young.output == "id\tusername\temail\tcreated_at\n", "\(young)")
            let listed = try await later.authd("user", "clean-up", "--dry-run")
            let rows = listed.output.split(separator: "\n").dropFirst().map { $0.split(separator: "\t")[1] }
            #expect(listed.succeeded && rows == ["ada", "bob"], "\(listed)")
            let unconfirmed = try await later.authd("user", "clean-up")
            #expect(unconfirmed.end == .exited(1), "\(unconfirmed)")
            let removed = try await later.authd("user", "clean-up", "--yes")
            #expect(removed.succeeded && removed.output == "2 users were removed.\n", "\(removed)")

            let left = try await installation.authd("user", "list")
            #expect(!left.output.contains("\tada\t") && !left.output.contains("\tbob\t"), "\(left)")
            #expect(left.output.contains("\tvisitor\t") && left.output.contains("\troot-of-all\t"), "\(left)")
            let events = try await installation.authd("audit", "list", "--action", "abandoned_registration_removed")
            #expect(events.output.split(separator: "\n").count == 3, "\(events)")
        }
    }
}
