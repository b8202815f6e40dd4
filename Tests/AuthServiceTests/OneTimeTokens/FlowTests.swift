// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import Testing

/// A mailed action from its request to its end, as its client, its recipient and a scanner of mails see it.
@Suite("Flows of mailed actions")
struct FlowTests {
    private static let new = "another fine password"

    /// A service whose user Ada has asked for a reset, with what the answer and the mail gave.
    private struct Asked {
        let authority: TestAuthority
        let handle: String
        let token: String
        let code: String

        init(_ authority: TestAuthority) async throws {
            self.authority = authority
            handle = try await authority.service.passwords.requestReset(
                of: try authority.address("ada"), from: client
            ).revealed
            let message = try await authority.message(.passwordReset, to: "ada")
            (token, code) = (try #require(message.token), try #require(message.typedCode))
        }

        init() async throws {
            let authority = try await TestAuthority.quiet()
            try await authority.register("ada")
            try await self.init(authority)
        }

        func confirm(_ proof: ActionProof) async throws {
            try await authority.service.passwords.confirmReset(
                proof, newPassword: try Password(FlowTests.new), from: client)
        }

        func tries(_ proof: ActionProof) async -> Int? {
            do {
                try await confirm(proof)
                return nil
            } catch AuthError.wrongCode(let left) {
                return left
            } catch {
                return -1
            }
        }
    }

    @Test("the handle and the code of the mail complete the action, once")
    func handleAndCode() async throws {
        let asked = try await Asked()

        try await asked.confirm(ActionProof(handle: asked.handle, code: asked.code.lowercased()))

        _ = try await asked.authority.attempt("ada", Self.new)
        for proof in [
            ActionProof(handle: asked.handle, code: asked.code), ActionProof(token: asked.token),
            ActionProof(token: asked.token, handle: asked.handle), ActionProof(token: asked.token, code: asked.code),
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) { try await asked.confirm(proof) }
        }
    }

    @Test("the link completes it elsewhere, with the code, with the handle, and with the handle of another flow")
    func links() async throws {
        for kind in 0..<4 {
            let asked = try await Asked()
            let other = try await asked.authority.service.passwords.requestReset(
                of: try asked.authority.address("nobody"), from: client)
            let proof =
                switch kind {
                case 0: ActionProof(token: asked.token)
                case 1: ActionProof(token: asked.token, code: asked.code)
                case 2: ActionProof(token: asked.token, handle: asked.handle)
                default: ActionProof(token: asked.token, handle: other.revealed)
                }
            try await asked.confirm(proof)
            _ = try await asked.authority.attempt("ada", Self.new)
        }
    }

    @Test("neither a code, a handle, nor empty fields complete anything, and none of them counts as a wrong code")
    func incomplete() async throws {
        let asked = try await Asked()
        for proof in [
            ActionProof(), ActionProof(code: asked.code), ActionProof(handle: asked.handle),
            ActionProof(handle: asked.handle, code: ""), ActionProof(handle: asked.handle, code: " \t"),
            ActionProof(token: "", handle: "", code: ""),
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) { try await asked.confirm(proof) }
        }

        let view = try await asked.authority.service.actions.view(
            ActionProof(handle: asked.handle), of: .passwordReset)
        #expect(view?.triesLeft == 5)
        try await asked.confirm(ActionProof(handle: asked.handle, code: asked.code))
    }

    // ASVS 6.6.3
    @Test("five wrong codes void the code of the flow, and neither its link nor the code of another flow")
    func wrongCodes() async throws {
        let asked = try await Asked()
        let second = try await Asked(asked.authority)
        for left in [4, 3, 2, 1, 0, 0] {
            #expect(await asked.tries(ActionProof(handle: asked.handle, code: "22222222")) == left)
        }

        #expect(await asked.tries(ActionProof(handle: asked.handle, code: asked.code)) == 0)
        #expect(await asked.tries(ActionProof(token: asked.token, code: asked.code)) == 0)
        #expect(await asked.tries(ActionProof(handle: second.handle, code: asked.code)) == 4)
        let link = try await asked.authority.service.actions.view(ActionProof(token: asked.token), of: .passwordReset)
        #expect(link?.state == .open && link?.acceptsCode == false && link?.triesLeft == 0)
        try await second.confirm(ActionProof(handle: second.handle, code: second.code))
        let audited = try await asked.authority.refusals(of: .passwordReset)
        #expect(audited.count { $0 == "wrong_code" } == 9 && audited.contains(nil) && audited.count == 10)
    }

    @Test("wrong codes beside a link count at the flow of the link, and the link alone still completes")
    func wrongCodesBesideLink() async throws {
        let asked = try await Asked()
        for left in [4, 3, 2, 1, 0] {
            #expect(await asked.tries(ActionProof(token: asked.token, code: "22222222")) == left)
        }
        #expect(await asked.tries(ActionProof(handle: asked.handle, code: asked.code)) == 0)
        try await asked.confirm(ActionProof(token: asked.token))
    }

    // ASVS 6.5.5
    @Test("a code is valid for ten minutes, as its mail says, and the link goes on")
    func codeExpiry() async throws {
        let asked = try await Asked()
        let message = try await asked.authority.message(.passwordReset, to: "ada")
        #expect(message.code?.validFor == .seconds(600) && message.validFor == .seconds(3_600))
        asked.authority.clock.advance(by: .seconds(600))

        #expect(await asked.tries(ActionProof(handle: asked.handle, code: asked.code)) == 0)
        let view = try await asked.authority.service.actions.view(
            ActionProof(handle: asked.handle), of: .passwordReset)
        #expect(view?.acceptsCode == false && view?.state == .open)
        try await asked.confirm(ActionProof(token: asked.token, handle: asked.handle))
    }

    @Test("a mail that goes out after the code has expired has none")
    func lateMail() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        authority.clock.advance(by: .seconds(700))

        let message = try await authority.message(.passwordReset, to: "ada")
        #expect(message.code == nil && message.token != nil)
    }

    // ASVS 6.6.2
    @Test("neither handle, token nor code of one action is of use for another")
    func purposes() async throws {
        let asked = try await Asked()
        for proof in [
            ActionProof(token: asked.token), ActionProof(handle: asked.handle, code: asked.code),
            ActionProof(token: asked.token, handle: asked.handle),
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                _ = try await asked.authority.service.users.confirmEmailVerification(proof, from: client)
            }
            await #expect(throws: AuthError.invalidOneTimeToken) {
                _ = try await asked.authority.service.signIn.unlock(proof, from: client)
            }
            #expect(try await asked.authority.service.actions.view(proof, of: .signIn) == nil)
        }
        try await asked.confirm(ActionProof(handle: asked.handle, code: asked.code))
    }

    @Test("a handle of another service is refused without a question to the store")
    func forgedHandle() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority(store: store)
        let foreign = try await TestAuthority(seed: 2).service.passwords.requestReset(
            of: try authority.address("ada"), from: client)
        _ = store.takeCalls()

        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await authority.service.passwords.confirmReset(
                ActionProof(handle: foreign.revealed, code: "22222222"), newPassword: try Password(Self.new),
                from: client)
        }
        #expect(try await !authority.service.actions.hasEnded(handle: foreign.revealed))
        #expect(store.takeCalls().filter { $0 != "record" }.isEmpty)
    }

    // ASVS 6.3.8
    @Test("no user enumeration: known, unknown and disabled addresses get the same answers at the same cost")
    func alike() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority.quiet(store: store)
        for name in ["ada", "disabled"] { try await authority.register(name) }
        _ = try await authority.service.users.perform(
            .setActive(false), on: try await authority.stored("disabled").id, by: .commandLine, from: client)
        _ = store.takeCalls()

        var courses: [[String]] = []
        for name in ["ada", "disabled", "nobody"] {
            let typed = try EmailAddress("\(name)@Example.TEST")
            var course: [String] = []
            let handle = try await authority.service.passwords.requestReset(of: typed, from: client).revealed
            course += store.takeCalls()
            await authority.service.completeDeferredWork()
            _ = store.takeCalls()
            for number in 0..<7 {
                do {
                    try await authority.service.passwords.confirmReset(
                        ActionProof(handle: handle, code: "2222222\(number + 2)"), newPassword: try Password(Self.new),
                        from: ClientContext(source: "198.51.100.\(courses.count)"))
                } catch {
                    course.append("\(error)")
                }
                let view = try #require(
                    try await authority.service.actions.view(ActionProof(handle: handle), of: .passwordReset))
                #expect(view.user.utf8.elementsEqual(typed.original.utf8) && view.address == view.user && view.isHere)
                course.append("\(view.origin) \(view.acceptsCode) \(view.triesLeft) \(view.state)")
                let hasEnded = try await authority.service.actions.hasEnded(handle: handle)
                course.append("\(hasEnded)")
                course += store.takeCalls()
            }
            courses.append(course)
        }
        #expect(courses[0] == courses[1] && courses[0] == courses[2])
        #expect(courses[0].contains("wrongCode(triesLeft: 4)") && courses[0].contains("requestMail"))
        #expect(courses[0].count { $0 == "countWrongCode" } == 7)
    }

    @Test("a handle does not tell that the budget of mails has extended a link")
    func extendedLink() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        var handles: [[String]] = [[], []]
        for _ in 0..<4 {
            for (index, name) in ["ada", "nobody"].enumerated() {
                handles[index].append(
                    try await authority.service.passwords.requestReset(
                        of: try authority.address(name), from: client
                    ).revealed)
            }
            await authority.service.completeDeferredWork()
        }
        for minutes in [59, 1, 120] as [Int64] {
            authority.clock.advance(by: .seconds(minutes * 60))
            var states: [[ActionView.State?]] = []
            for handles in handles {
                var own: [ActionView.State?] = []
                for handle in handles {
                    own.append(
                        try await authority.service.actions.view(ActionProof(handle: handle), of: .passwordReset)?.state
                    )
                }
                states.append(own)
            }
            #expect(states[0] == states[1])
        }
    }

    @Test("a view names user, address and origin, and changes and writes nothing")
    func view() async throws {
        let asked = try await Asked()
        let actions = asked.authority.service.actions
        let events = try await asked.authority.store.auditEvents(before: nil, limit: 1_000).count

        for _ in 0..<20 {
            let elsewhere = try #require(try await actions.view(ActionProof(token: asked.token), of: .passwordReset))
            #expect(elsewhere.user == "ada" && elsewhere.address == "ada@example.test" && !elsewhere.isHere)
            #expect(elsewhere.state == .open && elsewhere.acceptsCode && elsewhere.triesLeft == 5)
            #expect(elsewhere.origin.time == asked.authority.clock.now)
            #expect(elsewhere.origin.place == SignInPlace(source: "192.0.2.1", sourceNetwork: nil, userAgent: "tests"))
            let here = try await actions.view(
                ActionProof(token: asked.token, handle: asked.handle), of: .passwordReset)
            #expect(here?.isHere == true)
        }
        await asked.authority.service.completeDeferredWork()
        #expect(try await asked.authority.store.auditEvents(before: nil, limit: 1_000).count == events)
        #expect(try await actions.view(ActionProof(token: "aot_junk"), of: .passwordReset) == nil)
        #expect(try await actions.view(ActionProof(), of: .passwordReset) == nil)

        try await asked.confirm(ActionProof(token: asked.token))
        #expect(try await actions.view(ActionProof(token: asked.token), of: .passwordReset)?.state == .used)
        #expect(try await actions.view(ActionProof(handle: asked.handle), of: .passwordReset)?.state == .ended)
        #expect(try await actions.hasEnded(handle: asked.handle))
    }

    @Test("a link that has expired says so, and one to an address that the user has given up has ended")
    func endedLinks() async throws {
        let asked = try await Asked()
        let actions = asked.authority.service.actions
        asked.authority.clock.advance(by: .seconds(3_600))
        #expect(try await actions.view(ActionProof(token: asked.token), of: .passwordReset)?.state == .expired)
        #expect(try await actions.view(ActionProof(handle: asked.handle), of: .passwordReset)?.state == .expired)

        let next = try await Asked(asked.authority)
        _ = try await next.authority.service.users.update(
            try await next.authority.stored("ada").id, by: ProfileChange(email: try EmailAddress("new@example.test")),
            administrator: .commandLine, from: client)
        let state = try await actions.view(ActionProof(token: next.token), of: .passwordReset)?.state
        #expect(state == .used || state == .ended)
        await #expect(throws: AuthError.invalidOneTimeToken) { try await next.confirm(ActionProof(token: next.token)) }
    }

    @Test("the recipient who did not ask ends the flow with the code, and with nothing less")
    func report() async throws {
        let asked = try await Asked()
        let actions = asked.authority.service.actions
        for proof in [
            ActionProof(token: asked.token), ActionProof(token: asked.token, handle: asked.handle),
            ActionProof(handle: asked.handle), ActionProof(token: asked.token, code: ""),
        ] {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await actions.report(proof, of: .passwordReset, from: client)
            }
        }
        await #expect(throws: AuthError.wrongCode(triesLeft: 4)) {
            try await actions.report(
                ActionProof(token: asked.token, code: "22222222"), of: .passwordReset, from: client)
        }
        #expect(try await actions.view(ActionProof(token: asked.token), of: .passwordReset)?.state == .open)

        try await actions.report(ActionProof(token: asked.token, code: asked.code), of: .passwordReset, from: client)

        for proof in [ActionProof(token: asked.token), ActionProof(handle: asked.handle, code: asked.code)] {
            await #expect(throws: AuthError.invalidOneTimeToken) { try await asked.confirm(proof) }
        }
        #expect(try await actions.hasEnded(handle: asked.handle))
        #expect(try await asked.authority.refusals(of: .mailedActionReported) == [nil])
        _ = try await asked.authority.attempt("ada")
    }
}
