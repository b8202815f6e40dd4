// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A provider that lies, in front of the real daemon: each lie is refused, audited with its reason, and opens nothing.
@Suite("Identity providers that lie", .oneAtATime, .timeLimit(.minutes(10)))
struct LyingProviderTests {
    // ASVS 6.8.2
    @Test("each lie of a provider ends with an error and its reason in the audit log, and opens no session")
    func lies() async throws {
        try await Self.withStage(ProviderLie.issuers) { stage in
            // One that never ends its answer costs ten seconds, which are not waited for in vain.
            let patient = try ProviderBrowser(
                in: stage.installation.directory, publicURL: stage.publicURL, port: UInt16(stage.daemon.port))
            async let slow = Self.arrive(stage, ProviderLie.slow, from: "203.0.113.254", by: patient)
            for (number, lie) in ProviderLie.all.enumerated() {
                let outcome = try await Self.arrive(
                    stage, lie, from: "203.0.113.\(number + 1)", withCode: number.isMultiple(of: 2), by: stage.browser)
                Self.expect(outcome, lie)
            }
            Self.expect(try await slow, ProviderLie.slow)
            await patient.stop()

            let events = try await Self.refusals(stage.installation)
            for (number, lie) in ProviderLie.all.enumerated() {
                let reasons = events.filter { $0["source"]?.string == "203.0.113.\(number + 1)" }
                    .map { $0["reason"]?.string ?? "" }
                #expect(reasons.count == 1, "\(lie): \(reasons)")
                let expected = lie.reasons.map { "provider_\($0)" }
                #expect(reasons.allSatisfy { expected.contains($0) }, "\(lie): \(reasons)")
            }
            let last = events.filter { $0["source"]?.string == "203.0.113.254" }.compactMap { $0["reason"]?.string }
            #expect(last == ["provider_timed_out"])
            let users = try await stage.installation.authd("user", "list", "--json")
            #expect(try JSONValue(parsing: users.output).array?.isEmpty == true, "\(users)")
        }
    }

    @Test("what is odd but true is taken: unknown keys, no kid, ES256, lists, fractions, client_secret_post, no iss")
    func truths() async throws {
        try await Self.withStage(["truthful", "onekey", "onlypost", "silent"]) { stage in
            let truths = [
                ProviderLie("truthful", ""), ProviderLie("truthful", "curve"), ProviderLie("truthful", "no_kid"),
                ProviderLie("truthful", "audience_list"), ProviderLie("truthful", "fractions"),
                ProviderLie("onekey", ""), ProviderLie("onlypost", ""), ProviderLie("silent", ""),
            ]
            for (number, truth) in truths.enumerated() {
                let outcome = try await Self.arrive(
                    stage, truth, as: "user-\(number)", from: "203.0.113.1", by: stage.browser)
                let token = try await stage.exchange(outcome)
                #expect(try await stage.identities(token).count == 1, "\(truth)")
            }
            #expect(try await Self.refusals(stage.installation).isEmpty)
        }
    }

    @Test(
        "an address opens its user to a provider only where the provider has verified it and is trusted for its domain")
    func addresses() async throws {
        try await Self.withStage(["truthful"]) { stage in
            let trusted = "ada@\(ProviderPeer.domain)"
            let ada = try await Self.signUp("ada", trusted, stage.daemon)
            let eve = try await Self.signUp("eve", "eve@another.example", stage.daemon)
            // Below the trusted domain is another one.
            let sub = try await Self.signUp("sub", "sub@mail.\(ProviderPeer.domain)", stage.daemon)
            let claims = [
                (trusted, "false"), (trusted, "no_text"), (trusted, ""), (trusted, "one"),
                ("eve@another.example", "true"), ("sub@mail.\(ProviderPeer.domain)", "true"),
            ]
            for (number, claim) in claims.enumerated() {
                let outcome = try await Self.arrive(
                    stage, ProviderLie("truthful", ""), as: "thief-\(number)", email: claim.0, verified: claim.1,
                    from: "203.0.113.1", by: stage.browser)
                let code = try #require(outcome["code"], "\(claim) \(outcome)")
                try await stage.exchange(code: code).expectProblem(409, "sign_in_to_link")
            }
            for user in [ada, eve, sub] {
                #expect(try await stage.identities(user.access).isEmpty)
                _ = try await stage.daemon.signIn(user.username)
            }
            // The same claim of a user without a user here opens a user without an address.
            let new = try await Self.arrive(
                stage, ProviderLie("truthful", ""), as: "new", email: "new@another.example", verified: "true",
                from: "203.0.113.1", by: stage.browser)
            let user = try await stage.me(try await stage.exchange(new))
            #expect(user["email"]?.string == nil && user["is_verified"] == .bool(false), "\(user)")
            // As a text it is as good as the word.
            let owner = try await Self.arrive(
                stage, ProviderLie("truthful", ""), as: "owner", email: trusted, verified: "text",
                from: "203.0.113.1", by: stage.browser)
            #expect(try await stage.me(try await stage.exchange(owner))["id"]?.string == ada.id)
        }
    }

    // MARK: What they have in common

    /// Lends a daemon behind a proxy that ends TLS, with some issuers of the lying provider.
    static func withStage(_ issuers: [String], _ body: (ProviderStage) async throws -> Void) async throws {
        let port = try LoopbackSocket.freePort()
        let publicURL = "https://id.example.com"
        try await Installation.with(.sqlite) { installation in
            let provider = try await LyingProvider(in: installation.directory)
            let browser = try ProviderBrowser(in: installation.directory, publicURL: publicURL, port: port)
            let settings = Installation.offeringProviders(port, publicURL)
                .merging(["TRUSTED_PROXIES": "127.0.0.1"]) { $1 }.merging(provider.settings(issuers)) { $1 }
            try await installation.serving(settings) { daemon in
                try await body(
                    ProviderStage(
                        installation: installation.with(settings), daemon: daemon, browser: browser,
                        publicURL: publicURL, provider: issuers[0]))
            }
            await browser.stop()
            await provider.stop()
        }
    }

    /// Goes through the provider with a lie, in a browser of its own.
    static func arrive(
        _ stage: ProviderStage, _ lie: ProviderLie, as user: String = "ada", email: String = "", verified: String = "",
        from source: String, withCode: Bool = true, by browser: ProviderBrowser
    ) async throws -> ProviderBrowser.Outcome {
        try await browser.go(
            .init(
                url: stage.with(lie.issuer).startURL(withCode: withCode), browser: "\(lie) \(user)",
                source: source, until: [stage.returnTo], user: user,
                fields: ["lie": lie.name, "email": email, "verified": verified]))
    }

    private static func signUp(
        _ username: String, _ address: String, _ daemon: RunningDaemon
    ) async throws -> SignedIn {
        let registered = try await daemon.exchange(
            "POST", "/auth/register",
            json: #"{"username":"\#(username)","email":"\#(address)","password":"\#(RunningDaemon.password)"}"#)
        registered.expect(201)
        return try await daemon.signIn(username)
    }

    private static func expect(_ outcome: ProviderBrowser.Outcome, _ lie: ProviderLie) {
        #expect(outcome["code"] == nil, "\(lie): \(outcome)")
        #expect(outcome.cookies.isEmpty, "\(lie): \(outcome)")
        if lie.isPublished, outcome.status != nil {
            // It is known before the browser is sent anywhere.
            #expect([400, 503].contains(outcome.status), "\(lie): \(outcome)")
            let code = (try? JSONValue(parsing: outcome.body ?? ""))?["code"]?.string
            #expect(code == lie.error, "\(lie): \(outcome)")
            return
        }
        #expect(outcome.status == nil && outcome.error == lie.error, "\(lie): \(outcome)")
    }

    /// The sign-ins that were refused, by the audit log.
    private static func refusals(_ installation: Installation) async throws -> [JSONValue] {
        let listed = try await installation.authd(
            "audit", "list", "--json", "--action", "sign_in", "--outcome", "refused", "--limit", "500")
        try #require(listed.succeeded, "\(listed)")
        return try #require(try JSONValue(parsing: listed.output).array)
    }
}
