// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What Supabase's clients are refused by daemons that allow less, or whose clock goes on.
@Suite("Refusals of Supabase's API by setting", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseClosedTests {
    private static let oneRequest = "1/24h"

    // Behaviour S139
    @Test(
        "while registration is closed no client makes a user, and those who are there sign in",
        arguments: DatabaseKind.allCases)
    func closed(_ database: DatabaseKind) async throws {
        try await Self.expect(
            ["no registration", "users who are there"], of: "closed", on: database, ["REGISTRATION": "closed"])
    }

    // Behaviour S139
    @Test(
        "without a mail server, anonymous users and linking each route that needs them says so",
        arguments: DatabaseKind.allCases)
    func silent(_ database: DatabaseKind) async throws {
        // In development mails would go to a file.
        let settings = Installation.production.merging([
            "PUBLIC_URL": "https://id.example.com", "SMTP_HOST": "", "SUPABASE_ANONYMOUS": "false",
            "SUPABASE_MANUAL_LINKING": "false",
        ]) { $1 }
        try await Self.expect(
            ["no mails", "no anonymous users", "no linking", "a link without a mail"], of: "silent", on: database,
            settings)
    }

    // Behaviour S139
    @Test("each route but those that a session or a key asks for is limited", arguments: DatabaseKind.allCases)
    func busy(_ database: DatabaseKind) async throws {
        var settings = ["SUPABASE_AUTOCONFIRM": "true", "RATE_LIMIT_ENABLED": "true"]
        for limit in ["SIGN_IN", "REGISTER", "REFRESH", "MAIL", "REDEEM", "PAGE", "WRITE", "READ"] {
            settings["RATE_LIMIT_\(limit)"] = Self.oneRequest
        }
        try await Self.expect(["limits"], of: "busy", on: database, settings)
    }

    // Behaviour S139
    @Test(
        "an old sign-in proves nothing, and codes, links, refresh tokens and sessions expire each with its code",
        arguments: DatabaseKind.allCases)
    func old(_ database: DatabaseKind) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let clock = try await SystemClockShim(in: directory)
        let days = ["SESSION_MAX_DAYS": "1", "REFRESH_TOKEN_EXPIRE_DAYS": "1"]
        try await Self.expect(
            ["proof", "refresh tokens", "codes and links", "sessions"], of: "old", on: database,
            days.merging(clock.environment) { $1 }, directory.file("clock.offset"))
    }

    /// Expects that a stage of `supabase_closed.py` reaches each of its steps.
    private static func expect(
        _ steps: [String], of stage: String, on database: DatabaseKind, _ settings: [String: String],
        _ clock: String? = nil
    ) async throws {
        try await SupabaseStage.with(database, settings) { lent in
            let letters = lent.installation.letters
            let journey: Command.Outcome
            if let clock {
                journey = try await lent.client("supabase_closed", stage, letters, clock)
            } else {
                journey = try await lent.client("supabase_closed", stage, letters)
            }

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(journey.output.split(separator: "\n").map(String.init) == steps)
        }
    }
}
