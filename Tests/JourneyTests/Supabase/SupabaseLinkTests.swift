// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What opens a mailed link of Supabase's API, in both ways in which it can be served.
@Suite("Links of Supabase's API", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseLinkTests {
    // Behaviour S131, S132
    @Test(
        "links are not used up by HEAD or pages of others, work once, and prove no password that a stranger has set",
        arguments: ["page", "get"], DatabaseKind.allCases)
    func links(_ mode: String, _ database: DatabaseKind) async throws {
        let settings = mode == "get" ? ["SUPABASE_VERIFY_ON_GET": "true"] : [:]
        try await SupabaseStage.with(database, settings) { stage in
            let journey = try await stage.client("supabase_links", mode, stage.installation.letters)

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(
                journey.output.split(separator: "\n").map(String.init) == [
                    "links", "failures", "three wrong verifiers", "a stranger's password",
                ])
            let log = await stage.daemon.log
            #expect(log.contains("SUPABASE_VERIFY_ON_GET") == (mode == "get"))
        }
    }
}
