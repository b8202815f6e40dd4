// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The same in Chromium, whose rules for cookies and sites are its own.
@Suite("Sign-in by a provider in Chromium", .oneAtATime, .timeLimit(.minutes(10)))
struct ProviderPageTests {
    @Test("a browser signs in by redirects and by a posted form, and an attacker's answer signs it in nowhere")
    func pages() async throws {
        let port = try LoopbackSocket.freePort()
        let publicURL = ProviderStage.localURL(port)
        try await Installation.with(.sqlite, Installation.offeringProviders(port, publicURL)) { installation in
            let provider = try await LyingProvider(in: installation.directory)
            let browser = try ProviderBrowser(in: installation.directory)
            try await installation.serving(provider.settings(["truthful", "posting"])) { daemon in
                let stage = ProviderStage(
                    installation: installation, daemon: daemon, browser: browser, publicURL: publicURL,
                    provider: "truthful")
                // The answer of a flow that an attacker has begun, for a victim to open.
                let prepared = try await browser.go(
                    .init(
                        url: stage.startURL(withCode: false), browser: "mallory", until: [stage.callback],
                        user: "mallory"))
                #expect(prepared.url.hasPrefix(stage.callback), "\(prepared)")
                let posting = stage.with("posting")
                var visits = [stage, posting].map { stage in
                    PageVisits.Visit(
                        url: stage.startURL(withCode: false), fill: ["username": "ada"], until: stage.returnTo)
                }
                visits.append(.init(url: prepared.url))

                let outcomes = try await PageVisits.make(visits, in: installation.directory)

                try #require(outcomes.count == 3, "\(outcomes)")
                for outcome in outcomes[..<2] {
                    #expect(outcome.titles.first == "sign in", "\(outcome)")
                    #expect(outcome.address == stage.returnTo, "\(outcome)")
                    #expect(outcome.cookies.contains("authd_access"), "\(outcome)")
                    #expect(outcome.cookies.contains("authd_refresh"), "\(outcome)")
                    #expect(!outcome.cookies.contains { $0.hasPrefix("authd_provider_") }, "\(outcome)")
                }
                #expect(outcomes[2].address == prepared.url && outcomes[2].cookies.isEmpty, "\(outcomes[2])")
            }
            await browser.stop()
            await provider.stop()
        }
    }
}
