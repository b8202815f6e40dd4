// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Notices during a flood of mail requests")
struct NoticeRoomTests {
    @Test("a full table of requests from one network does not drop a notice of a changed password")
    func noticeIsKept() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        var refused = 0
        for number in 0..<30 {
            let address = try authority.address("stranger-\(number)")
            do throws(AuthError) {
                _ = try await authority.service.passwords.requestReset(of: address, from: client)
            } catch {
                #expect(error == .overloaded(retryAfter: .seconds(30)))
                refused += 1
            }
        }
        #expect(refused == 10)

        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password("another fine password"),
            by: client)
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.messages(to: try authority.address("ada")) == [.passwordChanged])
    }

    @Test("a notice that is turned off is not mailed, and one that must not be turned off is")
    func turnedOff() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.disabledNotices = [.refreshReused, .passwordChanged]
        let authority = try await TestAuthority(settings: settings)
        let pair = try await authority.signIn(as: "ada")
        let next = try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        _ = try await authority.service.sessions.refresh(next.refreshToken, from: client)
        authority.clock.advance(by: .seconds(60))
        await #expect(throws: AuthError.refreshReused) {
            try await authority.service.sessions.refresh(pair.refreshToken, from: client)
        }
        _ = try await authority.service.passwords.change(
            of: authority.principal("ada"), from: try Password(TestAuthority.password),
            to: try Password("another fine password"), by: client)
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.messages(to: try authority.address("ada")) == [.passwordChanged])
    }

    @Test("however many notices one user gets, none is dropped, and they arrive in order")
    func noneIsDropped() async throws {
        let authority = try await TestAuthority.quiet()
        var passwords = (TestAuthority.password, "another fine password")
        for _ in 0..<20 {
            let pair = try await authority.attempt(try await signedUp(authority), passwords.0)
            let principal = try await authority.service.access.authenticate(pair.accessToken)
            _ = try await authority.service.passwords.change(
                of: principal, from: try Password(passwords.0), to: try Password(passwords.1), by: client)
            passwords = (passwords.1, passwords.0)
        }
        let waiting = try await authority.service.outbox.depths()
        await authority.service.completeDeferredWork()

        #expect(waiting.map(\.count) == [20])
        #expect(
            authority.mailer.messages(to: try authority.address("ada"))
                == [MailMessage](repeating: .passwordChanged, count: 20))
        #expect(try await authority.refusals(of: .mailFailed).isEmpty)
    }

    private func signedUp(_ authority: TestAuthority) async throws -> String {
        do {
            try await authority.register("ada")
        } catch AuthError.identifierTaken {
            // From the round before.
        }
        return "ada"
    }

    @Test("a notice that was not delivered when the service ends is delivered by the next one on the store")
    func nextProcess() async throws {
        let store = InMemoryAuthStore()
        let authority = try await TestAuthority(store: store)
        let principal = try await authority.principal("ada")
        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password("another fine password"),
            by: client)
        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])

        let running = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await authority.service.run()
        }
        await running.value
        #expect(authority.mailer.sent.isEmpty)
        #expect(try await authority.refusals(of: .mailFailed).isEmpty)

        authority.clock.advance(by: .seconds(10))
        let next = try await TestAuthority(store: store, clock: authority.clock)
        await next.service.completeDeferredWork()

        #expect(next.mailer.messages(to: try authority.address("ada")) == [.passwordChanged])
    }
}
