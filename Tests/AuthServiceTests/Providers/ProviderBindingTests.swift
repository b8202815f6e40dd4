// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("Binding of a provider's callback")
struct ProviderBindingTests {
    typealias Person = MockProviderTransport.Person

    @Test("a state counts once")
    func replay() async throws {
        let fixture = try await ProviderFixture()
        let departure = try await fixture.depart()
        let callback = try fixture.corp.consent(to: departure.url)
        _ = try fixture.code(of: await fixture.finish(callback, departure.flow))
        let second = try fixture.corp.consent(to: departure.url)
        for again in [callback, second] {
            #expect(try fixture.error(of: await fixture.finish(again, departure.flow)) == "flow_expired")
        }
        #expect(
            try await fixture.authority.refusals(of: .signIn) == [
                "provider_replayed_state", "provider_replayed_state",
            ])
    }

    @Test("of two callbacks at once one ends the flow, and one code is made")
    func racing() async throws {
        for mode in [ProviderStart.Mode.cookie, .code(challenge: ProviderFixture.challenge)] {
            let fixture = try await ProviderFixture()
            let departure = try await fixture.depart(mode)
            let callback = try fixture.corp.consent(to: departure.url)
            let results = await withTaskGroup(of: ProviderReturn.self) { group in
                for _ in 0..<8 { group.addTask { await fixture.finish(callback, departure.flow) } }
                return await group.reduce(into: [ProviderReturn]()) { $0.append($1) }
            }
            let errors = results.compactMap { fixture.word(of: $0) }
            #expect(errors == Array(repeating: "flow_expired", count: 7))
        }
    }

    @Test(
        "a callback without the cookie of its state leads nowhere, asks the provider nothing, and leaves the flow alone"
    )
    func foreignBrowser() async throws {
        let fixture = try await ProviderFixture()
        let mine = try await fixture.depart()
        let foreign = try await fixture.depart()
        let callback = try fixture.corp.consent(to: mine.url)
        let asked = fixture.corp.requestedURLs.count
        for cookie in [nil, foreign.flow] {
            #expect(fixture.isInvalid(await fixture.finish(callback, cookie)))
        }
        #expect(fixture.corp.requestedURLs.count == asked)
        #expect(try await fixture.authority.refusals(of: .signIn).allSatisfy { $0 == "provider_foreign_browser" })
        _ = try fixture.code(of: await fixture.finish(callback, mine.flow))
    }

    @Test("login CSRF: the attacker's callback in another person's browser opens no session")
    func loginCSRF() async throws {
        let fixture = try await ProviderFixture()
        let attackers = try await fixture.depart(.cookie)
        let planted = try fixture.corp.consent(to: attackers.url, as: Person("mallory", email: "mallory@example.test"))
        let victims = try await fixture.depart(.cookie)
        #expect(fixture.isInvalid(await fixture.finish(planted, victims.flow)))
        // The code of the attacker under the state of the victim: the verifier is another one.
        let state = try fixture.corp.consent(to: victims.url).state
        let mixed = ProviderCallback(code: planted.code, iss: planted.iss, state: state)
        #expect(try fixture.error(of: await fixture.finish(mixed, victims.flow)) == "provider_error")
        #expect(try await fixture.written() == [0, 0])
    }

    @Test(
        "the callback of one provider with the state of another is refused, and no code or secret goes to the wrong one"
    )
    func mixUp() async throws {
        let fixture = try await ProviderFixture()
        let departure = try await fixture.depart(to: fixture.other)
        let callback = try fixture.other.consent(to: departure.url)
        #expect(fixture.isInvalid(await fixture.finish(callback, departure.flow, at: fixture.corp)))
        #expect(fixture.corp.requestedURLs.isEmpty)
        #expect(try await fixture.authority.refusals(of: .signIn) == ["provider_unknown_state"])
        _ = try fixture.code(of: await fixture.finish(callback, departure.flow, at: fixture.other))
    }

    @Test("a state that was altered anywhere is none")
    func altered() async throws {
        let fixture = try await ProviderFixture()
        let departure = try await fixture.depart()
        let callback = try fixture.corp.consent(to: departure.url)
        for index in callback.state.indices {
            var state = callback.state
            state.replaceSubrange(index...index, with: state[index] == "A" ? "B" : "A")
            let forged = ProviderCallback(code: callback.code, iss: callback.iss, state: state)
            #expect(fixture.isInvalid(await fixture.finish(forged, departure.flow)), "\(state)")
        }
        for state in ["", "A", callback.state + "A", "é", String(callback.state.dropLast())] {
            let forged = ProviderCallback(code: callback.code, iss: callback.iss, state: state)
            #expect(fixture.isInvalid(await fixture.finish(forged, departure.flow)), "\(state)")
        }
        _ = try fixture.code(of: await fixture.finish(callback, departure.flow))
    }

    @Test("a flow that took longer than ten minutes has expired")
    func expired() async throws {
        let fixture = try await ProviderFixture()
        let departure = try await fixture.depart()
        #expect(departure.expiresAt == fixture.authority.clock.now + .seconds(600))
        let callback = try fixture.corp.consent(to: departure.url)
        fixture.authority.clock.advance(by: .seconds(600))
        #expect(try fixture.error(of: await fixture.finish(callback, departure.flow)) == "flow_expired")
        #expect(try await fixture.authority.refusals(of: .signIn) == ["provider_flow_expired"])
    }

    @Test("a code is for its verifier: the third wrong one voids it")
    func wrongVerifier() async throws {
        let fixture = try await ProviderFixture()
        let code = try fixture.code(of: try await fixture.travel())
        let wrong = String(repeating: "x", count: 43)
        for text in [wrong, "short"] {
            await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(code, text) }
        }
        _ = try await fixture.exchange(code)

        let voided = try fixture.code(of: try await fixture.travel())
        for _ in 0..<3 {
            await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(voided, wrong) }
        }
        await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(voided) }
        let reasons = try await fixture.authority.refusals(of: .signIn).compactMap(\.self)
        #expect(reasons.count { $0 == "provider_wrong_verifier" } >= 4)
        #expect(reasons.contains("provider_unknown_code"))
    }

    @Test("a code is exchanged once, also by many at once, and within a minute")
    func codeOnce() async throws {
        let fixture = try await ProviderFixture()
        let code = try fixture.code(of: try await fixture.travel())
        let opened = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { (try? await fixture.exchange(code)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(opened == 1)

        let late = try fixture.code(of: try await fixture.travel())
        fixture.authority.clock.advance(by: .seconds(60))
        await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(late) }
        for text in ["", "apc_", "apc_AAAA", "aot_" + late.dropFirst(4), late + "A"] {
            await #expect(throws: AuthError.providerFlowInvalid) { try await fixture.exchange(text) }
        }
    }

    @Test("return_to is one of the targets, octet by octet, and nothing else is ever redirected to")
    func targets() async throws {
        let fixture = try await ProviderFixture()
        for text in [
            "https://evil.example", "https://app.example.test.evil.example/", "https://app.example.test@evil.example/",
            "http://app.example.test/", "//app.example.test/", "/home", "javascript:alert(1)", "",
            "https://app.example.test\\@evil.example/", "com.example.app:/callback/more", "com.example.APP:/callback",
            "https://app.example.test/" + String(repeating: "a", count: 2_000),
        ] {
            await #expect(throws: AuthError.self, "\(text)") { try await fixture.depart(returnTo: text) }
        }
        let reasons = try await fixture.authority.refusals(of: .signIn)
        #expect(reasons.count == 12 && reasons.allSatisfy { $0 == "provider_foreign_target" })
        let departure = try await fixture.depart(returnTo: "com.example.app:/callback")
        let result = await fixture.finish(try fixture.corp.consent(to: departure.url), departure.flow)
        #expect(try fixture.redirect(of: result).hasPrefix("com.example.app:/callback?code=apc_"))
        #expect(fixture.corp.requestedURLs.allSatisfy { !$0.contains("evil") })
    }

    @Test("a challenge is the SHA-256 of a verifier in base64url")
    func challenges() async throws {
        let fixture = try await ProviderFixture()
        for text in ["", "plain", ProviderFixture.challenge + "=", ProviderFixture.challenge.dropLast() + "+"] {
            await #expect(throws: AuthError.self) { try await fixture.depart(.code(challenge: String(text))) }
        }
    }

    @Test("nothing is parked for a provider that does not post, for a foreign state, too late, or without end")
    func parking() async throws {
        let fixture = try await ProviderFixture(corp: { try MockProviderTransport(clock: $0, usesFormPost: true) })
        func park(_ callback: ProviderCallback, at provider: MockProviderTransport) async -> AuthError? {
            do throws(AuthError) {
                _ = try await fixture.providers.park(provider.name, callback, from: client)
                return nil
            } catch {
                return error
            }
        }
        let other = try await fixture.depart(to: fixture.other)
        let foreign = try fixture.other.consent(to: other.url)
        #expect(await park(foreign, at: fixture.other) == .providerFlowInvalid)
        #expect(await park(foreign, at: fixture.corp) == .providerFlowInvalid)
        let departure = try await fixture.depart()
        let callback = try fixture.corp.consent(to: departure.url)
        let long = ProviderCallback(
            code: callback.code, iss: callback.iss, state: callback.state, user: String(repeating: "u", count: 9_000))
        #expect(await park(long, at: fixture.corp) == .providerFlowInvalid)
        #expect(
            await park(ProviderCallback(code: nil, state: callback.state), at: fixture.corp) == .providerFlowInvalid)
        #expect(await park(callback, at: fixture.corp) == nil)
        // Kept for five minutes.
        fixture.authority.clock.advance(by: .seconds(300))
        let bare = ProviderCallback(code: nil, state: callback.state)
        #expect(try fixture.error(of: await fixture.finish(bare, departure.flow)) == "flow_expired")
        fixture.authority.clock.advance(by: .seconds(300))
        #expect(await park(callback, at: fixture.corp) == .providerFlowInvalid)
    }
}
