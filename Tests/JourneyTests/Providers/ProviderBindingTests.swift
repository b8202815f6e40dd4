// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// A sign-in by a provider counts in the browser that began it, whichever way the provider's answer comes.
@Suite("Sign-in by a provider and other browsers", .oneAtATime, .timeLimit(.minutes(10)))
struct ProviderBindingTests {
    /// As far as the provider's answer, which is not delivered.
    private static func untilCallback(
        _ stage: ProviderStage, as user: String, browser: String, withCode: Bool = false
    ) async throws -> ProviderBrowser.Outcome {
        let outcome = try await stage.browser.go(
            .init(
                url: stage.startURL(withCode: withCode), browser: browser, until: [stage.callback], user: user))
        #expect(outcome.status == nil && outcome.url.hasPrefix(stage.callback), "\(outcome)")
        return outcome
    }

    private static func expectInvalid(
        _ outcome: ProviderBrowser.Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(outcome.status == 400, "\(outcome)", sourceLocation: sourceLocation)
        let code = try JSONValue(parsing: outcome.body ?? "")["code"]?.string
        #expect(code == "provider_flow_invalid", "\(outcome)", sourceLocation: sourceLocation)
        #expect(!outcome.cookies.keys.contains { $0.contains("access") }, "\(outcome)", sourceLocation: sourceLocation)
    }

    @Test(
        "a form that a browser posts without cookies is kept, and completes with the cookie of the browser that began")
    func formPost() async throws {
        try await LyingProviderTests.withStage(["posting", "truthful"]) { stage in
            let outcome = try await stage.arrive(as: "ada", withCode: false)
            #expect(outcome.url == stage.returnTo, "\(outcome)")
            let callbacks = outcome.visited.filter { $0.hasPrefix(stage.callback) }
            // Nothing but the state goes over with GET.
            #expect(callbacks.count == 2 && callbacks.first == stage.callback, "\(callbacks)")
            #expect(callbacks.last?.hasPrefix(stage.callback + "?state=") == true, "\(callbacks)")
            #expect(callbacks.last?.contains("&") == false, "\(callbacks)")
            let session = try #require(outcome.cookies["__Host-authd_access"])
            #expect(session.attributes["secure"] != nil && session.attributes["samesite"] == "Lax", "\(outcome)")
            #expect(outcome.cleared.contains { $0.hasPrefix("__Host-authd_provider_") }, "\(outcome)")

            // Once.
            let again = try await stage.browser.go(.init(url: try #require(callbacks.last)))
            try Self.expectRefused(again, in: stage)
            let token = try await stage.signIn(as: "ada", browser: "app")
            #expect(try await stage.identities(token).count == 1)
        }
    }

    /// Another use of a callback of one's own: the session that is there stays, and no other opens.
    private static func expectRefused(_ outcome: ProviderBrowser.Outcome, in stage: ProviderStage) throws {
        #expect(outcome.status == 400, "\(outcome)")
        #expect(!outcome.visited.contains(stage.returnTo), "\(outcome)")
        #expect(try JSONValue(parsing: outcome.body ?? "")["code"]?.string == "provider_flow_invalid", "\(outcome)")
    }

    @Test("a page that posts an attacker's answer in a victim's browser signs the victim in nowhere")
    func formOfAnother() async throws {
        try await LyingProviderTests.withStage(["posting", "truthful"]) { stage in
            let prepared = try await Self.untilCallback(stage, as: "mallory", browser: "mallory")
            let form = try #require(prepared.form)
            // The victim is at the same provider just now.
            _ = try await Self.untilCallback(stage, as: "victim", browser: "victim")
            let posted = try await stage.browser.go(
                .init(
                    url: stage.callback, browser: "victim", until: [stage.returnTo], form: form,
                    origin: "https://evil.example"))
            try Self.expectInvalid(posted)
            #expect(posted.visited.count == 2, "\(posted)")

            // A state of this provider is none of the other's, and one that was made up is none at all.
            let other = stage.with("truthful")
            let wanderer = try await Self.untilCallback(stage, as: "ada", browser: "ada")
            let attempts: [(url: String, changes: [String: String])] = [
                (other.callback, [:]), (stage.callback, ["state": String(repeating: "A", count: 43)]),
                (stage.callback, ["state": ""]),
            ]
            for (url, changes) in attempts {
                let form = try #require(wanderer.form).merging(changes) { $1 }
                let refused = try await stage.browser.go(
                    .init(url: url, browser: "ada", form: form, origin: "https://evil.example"))
                try Self.expectInvalid(refused)
                #expect(refused.visited == [url], "\(refused)")
            }
            // They took nothing from the one who began.
            let own = try await stage.browser.go(
                .init(
                    url: stage.callback, browser: "ada", until: [stage.returnTo], form: try #require(wanderer.form),
                    origin: "http://127.0.0.1"))
            #expect(own.url == stage.returnTo, "\(own)")
        }
    }

    @Test("a callback's address that an attacker sends opens nothing in another browser, at another provider, or twice")
    func addressOfAnother() async throws {
        try await LyingProviderTests.withStage(["truthful", "silent"]) { stage in
            for withCode in [false, true] {
                let prepared = try await Self.untilCallback(
                    stage, as: "mallory", browser: "mallory", withCode: withCode)
                try Self.expectInvalid(try await stage.browser.go(.init(url: prepared.url, browser: "victim")))
                // With a flow of the victim's own, too.
                _ = try await Self.untilCallback(stage, as: "victim", browser: "busy")
                try Self.expectInvalid(try await stage.browser.go(.init(url: prepared.url, browser: "busy")))

                // The answer of one provider at the callback of the other, in the browser that began.
                let elsewhere = prepared.url.replacing("/truthful/callback", with: "/silent/callback")
                try Self.expectInvalid(try await stage.browser.go(.init(url: elsewhere, browser: "mallory")))
            }

            let own = try await Self.untilCallback(stage, as: "ada", browser: "ada")
            let twin = try await Self.untilCallback(stage, as: "ada", browser: "ada")
            for callback in [twin, own] {
                let done = try await stage.browser.go(
                    .init(url: callback.url, browser: "ada", until: [stage.returnTo]))
                #expect(done.url == stage.returnTo, "\(done)")
            }
            try Self.expectRefused(try await stage.browser.go(.init(url: own.url, browser: "ada")), in: stage)
        }
    }

    @Test("a linking address that an attacker sends gives the attacker no identity of the victim")
    func linkOfAnother() async throws {
        try await LyingProviderTests.withStage(["truthful"]) { stage in
            let mallory = try await stage.daemon.signUp("mallory")
            let victim = try await stage.daemon.signUp("victim")
            let opened = try await stage.goToLink(mallory.access, as: "victims-subject", browser: "victim")
            // The victim's application has the code, and no session that it is for.
            let code = try #require(opened["code"], "\(opened)")
            try await stage.link(opened, in: victim.access).expectProblem(400, "provider_flow_invalid")
            try await stage.exchange(code: code).expectProblem(400, "provider_flow_invalid")
            for user in [mallory, victim] { #expect(try await stage.identities(user.access).isEmpty) }
            let own = try await stage.signIn(as: "victims-subject", browser: "own")
            let id = try await stage.me(own)["id"]?.string
            #expect(id != nil && id != mallory.id && id != victim.id)
        }
    }

    @Test("start goes to no address but those of the settings, and sets no cookie where it refuses")
    func returnTargets() async throws {
        try await LyingProviderTests.withStage(["truthful"]) { stage in
            let base = "\(stage.publicURL)/auth/providers/truthful/start?return_to="
            for target in [
                "https://evil.example/", "https://id.example.com.evil.example/", "https://id.example.com@evil.example/",
                "//evil.example/", "http://id.example.com/", "https://id.example.com:8443/", "javascript:alert(1)",
                "https://id.example.com%5C@evil.example/", "https://id.example.com/%0D%0Aa:b", "com.evil.app:/",
            ] {
                let refused = try await stage.browser.go(.init(url: base + target, browser: target))
                #expect([400, 422].contains(refused.status), "\(target) \(refused)")
                #expect(refused.visited.count == 1 && refused.cookies.isEmpty, "\(target) \(refused)")
            }
        }
    }
}
