// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Sign-in by providers under Supabase's API, in front of the provider that lies as it is asked to.
@Suite("Supabase's API and providers", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseProviderTests {
    // Behaviour S136
    @Test(
        "Supabase's clients sign in, link and unlink by a provider, and sign in by its id tokens",
        arguments: ["sync", "async"], DatabaseKind.allCases)
    func clients(_ client: String, _ database: DatabaseKind) async throws {
        try await Self.withStage(["workos", "zoom", "figma"], on: database) { stage, provider in
            let issuer = try #require(provider["PROVIDER_WORKOS_ISSUER"])
            let journey = try await stage.client("supabase_oauth", client, issuer)

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(
                journey.output.split(separator: "\n").map(String.init) == [
                    "sign in by a provider", "refusals in the redirect", "link and unlink", "sign in by an id token",
                    "refusals in both versions",
                ])
        }
    }

    // Behaviour S139
    @Test("while registration is closed no provider makes a user", arguments: DatabaseKind.allCases)
    func closed(_ database: DatabaseKind) async throws {
        try await Self.withStage(["workos"], on: database, ["REGISTRATION": "closed"]) { stage, provider in
            let issuer = try #require(provider["PROVIDER_WORKOS_ISSUER"])
            let journey = try await stage.client("supabase_closed", "shut", stage.installation.letters, issuer)

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(journey.output.split(separator: "\n") == ["no registration by a provider"])
        }
    }

    // Behaviour S139
    @Test("an identity is linked and unlinked by a recent sign-in alone", arguments: DatabaseKind.allCases)
    func linked(_ database: DatabaseKind) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let clock = try await SystemClockShim(in: directory)
        try await Self.withStage(["workos"], on: database, clock.environment) { stage, _ in
            let journey = try await stage.client(
                "supabase_closed", "linked", stage.installation.letters, directory.file("clock.offset"))

            try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
            #expect(journey.output.split(separator: "\n") == ["linking needs a proof"])
        }
    }

    // ASVS 6.8.2
    // Behaviour S135
    @Test(
        "each lie of a provider ends with an error of the contract and its reason in the audit log, and opens nothing")
    func lies() async throws {
        let port = try LoopbackSocket.freePort()
        let publicURL = "https://id.example.com"
        try await Installation.with(.sqlite) { installation in
            let provider = try await LyingProvider(in: installation.directory)
            let browser = try ProviderBrowser(in: installation.directory, publicURL: publicURL, port: port)
            let settings = Installation.offeringSupabase(port, mailPort: try LoopbackSocket.freePort())
                .merging(["PUBLIC_URL": publicURL, "TRUSTED_PROXIES": "127.0.0.1"]) { $1 }
                .merging(provider.settings(ProviderLie.issuers)) { $1 }
            try await installation.serving(settings) { daemon in
                for (number, lie) in ProviderLie.all.enumerated() {
                    let outcome = try await Self.arrive(
                        lie, at: publicURL, from: "203.0.113.\(number + 1)",
                        withCode: number.isMultiple(of: 2), by: browser)
                    Self.expect(outcome, lie)
                }
                let served = installation.with(settings)
                let listed = try await served.authd(
                    "audit", "list", "--json", "--action", "sign_in", "--outcome", "refused", "--limit", "500")
                let events = try #require(try JSONValue(parsing: listed.output).array, "\(listed)")
                for (number, lie) in ProviderLie.all.enumerated() {
                    let reasons = events.filter { $0["source"]?.string == "203.0.113.\(number + 1)" }
                        .map { $0["reason"]?.string ?? "" }
                    let expected = lie.reasons.map { "provider_\($0)" }
                    #expect(
                        reasons.count == 1 && reasons.allSatisfy { expected.contains($0) }, "\(lie): \(reasons)")
                }
                let users = try await served.authd("user", "list", "--json")
                #expect(try JSONValue(parsing: users.output).array?.isEmpty == true, "\(users)")
                let health = try await daemon.exchange("GET", "/auth/v1/health")
                health.expect(200)
            }
            await browser.stop()
            await provider.stop()
        }
    }

    /// Goes through the provider with a lie, in a browser of its own.
    private static func arrive(
        _ lie: ProviderLie, at publicURL: String, from source: String, withCode: Bool, by browser: ProviderBrowser
    ) async throws -> ProviderBrowser.Outcome {
        let pair = withCode ? "&code_challenge=\(ProviderStage.challenge)&code_challenge_method=s256" : ""
        return try await browser.go(
            .init(
                url:
                    "\(publicURL)/auth/v1/authorize?provider=\(lie.issuer)&redirect_to=\(SupabaseStage.site)/in\(pair)",
                browser: "\(lie)", source: source, until: [SupabaseStage.site], user: "ada",
                fields: ["lie": lie.name]))
    }

    private static func expect(_ outcome: ProviderBrowser.Outcome, _ lie: ProviderLie) {
        #expect(outcome["code"] == nil && !outcome.url.contains("access_token="), "\(lie): \(outcome)")
        if lie.isPublished, let status = outcome.status {
            // It is known before the browser is sent anywhere.
            #expect([400, 500, 503].contains(status), "\(lie): \(outcome)")
            let body = try? JSONValue(parsing: outcome.body ?? "")
            #expect(body?["error_code"]?.string?.isEmpty == false, "\(lie): \(outcome)")
            return
        }
        #expect(outcome.status == nil && outcome.url.hasPrefix(SupabaseStage.site), "\(lie): \(outcome)")
        let fragment = URLComponents(string: "?" + (URLComponents(string: outcome.url)?.percentEncodedFragment ?? ""))
        var parameters: [String: String] = [:]
        for item in fragment?.queryItems ?? [] { parameters[item.name] = item.value }
        #expect(parameters["error_description"]?.isEmpty == false, "\(lie): \(outcome)")
        let codes = ["bad_oauth_callback", "unexpected_failure"]
        #expect(codes.contains(parameters["error_code"] ?? ""), "\(lie): \(outcome)")
        if lie.error == "access_denied" { #expect(parameters["error"] == "access_denied", "\(lie): \(outcome)") }
    }

    /// Lends a daemon that offers some issuers of the lying provider, with the settings of these; `figma` is to answer by forms.
    static func withStage(
        _ issuers: [String], on database: DatabaseKind, _ changes: [String: String] = [:],
        _ body: (SupabaseStage, [String: String]) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let provider = try await LyingProvider(in: directory)
        let forms = issuers.contains("figma") ? ["PROVIDER_FIGMA_RESPONSE_MODE": "form_post"] : [:]
        let settings = provider.settings(issuers).merging(forms) { $1 }
        let autoconfirming = settings.merging(["SUPABASE_AUTOCONFIRM": "true"]) { $1 }.merging(changes) { $1 }
        try await SupabaseStage.with(database, autoconfirming) { stage in
            try await body(stage, settings)
        }
        await provider.stop()
    }
}
