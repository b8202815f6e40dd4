// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Supabase's own Python clients, as they are, against the real daemon.
@Suite("Supabase's Python clients", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseClientTests {
    /// A client and the database of the daemon that it uses.
    struct Setting: Sendable, CustomTestStringConvertible {
        /// `sync` is the umbrella package, which uses PKCE; `async` is the other class of the auth package, with implicit links.
        let client: String
        let database: DatabaseKind

        var testDescription: String { "\(client) on \(database)" }

        static let all = DatabaseKind.allCases.flatMap { database in
            ["sync", "async"].map { Setting(client: $0, database: database) }
        }
    }

    private static let steps = [
        "sign up", "refusals before the confirmation", "confirm by link", "sign up again, resend and confirm by code",
        "read the session and the user", "tokens that are none", "refresh and set the session", "change the metadata",
        "change the password, which ends the other sessions", "reauthenticate",
        "change the address, confirmed at both", "sign up by a mailed link", "sign in by a mailed code",
        "sign in by the hash of a link", "recover by link", "recover by code",
        "anonymous user who becomes a permanent one", "sign out of sessions", "what is off",
        "providers that are off", "the admin API is closed to users' tokens", "make and read users",
        "change and ban users", "invite", "generate links of every kind", "delete users",
        "OAuth clients, which are off",
    ]

    // Behaviour S125
    @Test(
        "every method of the clients does what it does at Supabase, or is refused with its code", arguments: Setting.all
    )
    func methods(_ setting: Setting) async throws {
        try await SupabaseStage.with(setting.database) { stage in
            let journey = try await stage.client("supabase_journey", setting.client, stage.installation.letters)

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(journey.output.split(separator: "\n").map(String.init) == Self.steps)
            let updates = try await stage.audit("user_updated_by_key")
            #expect(!updates.isEmpty && updates.allSatisfy { $0["actor"]?.string != nil }, "\(updates)")
        }
    }

    // Behaviour S133
    @Test(
        "with an autoconfirmed address a sign-up is a session, which proves no address natively",
        arguments: DatabaseKind.allCases)
    func autoconfirm(_ database: DatabaseKind) async throws {
        try await SupabaseStage.with(database, ["SUPABASE_AUTOCONFIRM": "true"]) { stage in
            let journey = try await stage.client("supabase_autoconfirm", "sync")

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            let listed = try await stage.installation.authd("user", "list", "--json")
            let users = try #require(try JSONValue(parsing: listed.output).array, "\(listed)")
            #expect(users.count == 3, "\(users)")
            for user in users {
                let shown = try await stage.installation.authd("user", "show", user["id"]?.string ?? "", "--json")
                #expect(try JSONValue(parsing: shown.output)["email_verified_at"] == .null, "\(shown)")
            }
        }
    }

    // Behaviour S134
    @Test(
        "a mail that is asked for again within the interval is refused with its code, and a later one is not missed",
        arguments: DatabaseKind.allCases)
    func interval(_ database: DatabaseKind) async throws {
        let settings = [
            "RATE_LIMIT_ENABLED": "true", "RATE_LIMIT_MAIL": "100/1m", "RATE_LIMIT_REDEEM": "100/1m",
            "MAIL_LIMIT_PER_ADDRESS": "20/h,60/d",
        ]
        try await SupabaseStage.with(database, settings) { stage in
            let journey = try await stage.client("supabase_limits", "sync", stage.installation.letters)

            #expect(journey.succeeded, "\(journey.output)\(journey.errors)")
        }
    }

    @Test(
        "the code of the FastAPI guide runs as it is printed, but for the URL and the key",
        arguments: DatabaseKind.allCases)
    func document(_ database: DatabaseKind) async throws {
        try await SupabaseProviderTests.withStage(["workos"], on: database) { stage, _ in
            let journey = try await stage.client("supabase_document", "sync")

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(
                journey.output.split(separator: "\n").map(String.init) == [
                    "sign up", "sign in", "current user", "refused without a token",
                    "refused with a bad token", "PKCE", "cookies", "refresh", "refused after signing out",
                ])
        }
    }

    // Behaviour S126
    @Test(
        "what only auth-js asks for is answered as the contract has it, and refused in the form of either version",
        arguments: DatabaseKind.allCases)
    func recorded(_ database: DatabaseKind) async throws {
        try await SupabaseStage.with(database) { stage in
            let made = try await stage.installation.authd(
                "user", "create", "--username", "root", "--email", "root@example.com", "--role", "admin",
                input: RunningDaemon.password + "\n")
            try #require(made.succeeded, "\(made.errors)")
            let root = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let journey = try await stage.client("supabase_recorded", "sync", stage.installation.letters, root)

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            let text = try AuthdBinary.text(of: "Tests/JourneyTests/Clients/supabase_recorded.json")
            let requests = try #require(try JSONValue(parsing: text)["requests"]?.array)
            let lines = journey.output.split(separator: "\n").map(String.init)
            #expect(
                lines.filter { $0.hasPrefix("auth-js: ") } == requests.map { "auth-js: \($0["name"]?.string ?? "")" })
            #expect(lines.count > requests.count + 250, "\(lines)")
        }
    }
}
