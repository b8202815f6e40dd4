// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

/// A stranger who asks for mail in another user's name, from as many addresses as it takes.
@Suite("Mail limits by recipient", .timeLimit(.minutes(10)))
struct MailBudgetTests {
    private static let new = "another fine password"

    private func stranger(_ number: Int) -> ClientContext {
        ClientContext(source: "2001:db8:\(number / 65_536):\(number % 65_536)::1")
    }

    private func ask(
        _ authority: TestAuthority, for name: String = "ada", device: DeviceToken? = nil, from client: ClientContext
    ) async throws {
        _ = try await authority.service.passwords.requestReset(
            of: try authority.address(name), device: device, from: client)
        await authority.service.completeDeferredWork()
        authority.clock.advance(by: .seconds(1))
    }

    private func resets(_ authority: TestAuthority, _ name: String = "ada") throws -> [MailMessage] {
        authority.mailer.messages(to: try authority.address(name)).filter { $0.template == .passwordReset }
    }

    private func isOpen(_ token: String?, _ authority: TestAuthority) async throws -> Bool {
        try await authority.service.actions.view(ActionProof(token: token), of: .passwordReset)?.state == .open
    }

    @Test("five requests of an attacker leave the user's reset link valid")
    func ownersLinkStays() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        try await ask(authority, from: client)
        let token = try #require(try resets(authority).last?.token)

        for number in 0..<5 { try await ask(authority, from: stranger(number)) }

        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(Self.new), from: client)
    }

    // Rule 4: the mailbox always holds a link that works in any browser.
    @Test("ten thousand sources ask for one address for a day: at any minute the mailbox holds a working link")
    func sustained() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let (minutes, sources) = (24 * 60, 10_000)
        var asked = 0
        var minutesWithout = 0
        for minute in 0..<minutes {
            while asked < (minute + 1) * sources / minutes {
                _ = try await authority.service.passwords.requestReset(
                    of: try authority.address("ada"), from: stranger(asked))
                asked += 1
            }
            await authority.service.completeDeferredWork()
            if try await !isOpen(try resets(authority).last?.token, authority) { minutesWithout += 1 }
            authority.clock.advance(by: .seconds(59))
            // A minute later the one that was there is still one, before the next request.
            if try await !isOpen(try resets(authority).last?.token, authority) { minutesWithout += 1 }
            authority.clock.advance(by: .seconds(1))
        }

        #expect(asked == sources && minutesWithout == 0)
        // Ten at once and ten that are regained within the day; hourly no more than six.
        #expect(try (11...20).contains(resets(authority).count))
        let token = try #require(try resets(authority).last?.token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token), newPassword: try Password(Self.new), from: client)
    }

    @Test("strangers cannot use up the mails of a known device, nor of a live session")
    func known() async throws {
        let authority = try await TestAuthority.quiet()
        let pair = try await authority.signIn(as: "ada")
        let device = try #require(pair.deviceToken)
        for number in 0..<20 {
            try await ask(authority, from: stranger(number))
            _ = try await authority.service.users.requestEmailVerification(
                of: try authority.address("ada"), from: stranger(number))
            await authority.service.completeDeferredWork()
        }
        #expect(try resets(authority).count == 3)

        for _ in 0..<5 { try await ask(authority, device: device, from: client) }
        let principal = try await authority.service.access.authenticate(pair.accessToken)
        _ = try await authority.service.users.requestEmailVerification(for: principal, from: client)
        await authority.service.completeDeferredWork()

        #expect(try resets(authority).count == 6)
        let verifications = authority.mailer.messages(to: try authority.address("ada"))
            .count { $0.template == .emailVerification }
        #expect(verifications == 4)
    }

    @Test("a device of another user, and one from before a new password, have the mails of strangers")
    func unknownDevices() async throws {
        let authority = try await TestAuthority.quiet()
        let pair = try await authority.signIn(as: "ada")
        let eve = try #require(try await authority.signIn(as: "eve").deviceToken)
        _ = try await authority.service.passwords.change(
            of: try await authority.service.access.authenticate(pair.accessToken),
            from: try Password(TestAuthority.password), to: try Password(Self.new), by: client)
        for number in 0..<5 {
            try await ask(authority, device: number.isMultiple(of: 2) ? eve : pair.deviceToken, from: client)
        }

        #expect(try resets(authority).count == 3)
    }

    @Test("the right password of a user who must verify the address mails a verification, which keeps the password")
    func afterRightPassword() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        await authority.service.completeDeferredWork()
        for number in 0..<5 {
            _ = try await authority.service.users.requestEmailVerification(
                of: try authority.address("ada"), from: stranger(number))
            await authority.service.completeDeferredWork()
        }
        let address = try authority.address("ada")
        // One at the registration, and three that strangers may ask for.
        #expect(authority.mailer.messages(to: address).count == 4)
        for _ in 0..<5 {
            await #expect(throws: AuthError.emailNotVerified) { try await authority.attempt("ada") }
            await #expect(throws: AuthError.invalidCredentials) {
                try await authority.attempt("ada", "not the password", from: ClientContext(source: "198.51.100.1"))
            }
            await authority.service.completeDeferredWork()
        }
        #expect(authority.mailer.messages(to: address).count == 7)

        let token = try await authority.message(.emailVerification, to: "ada").token
        let proven = try await authority.service.users.confirmEmailVerification(
            ActionProof(token: token), from: client)
        #expect(proven.effect == .keep)
        _ = try await authority.attempt("ada")
    }

    @Test("five requests of an attacker leave the user's verification link valid")
    func verification() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        _ = try await authority.service.users.requestEmailVerification(of: address, from: client)
        await authority.service.completeDeferredWork()
        let token = try #require(authority.mailer.messages(to: address).last?.token)

        for number in 0..<5 {
            authority.clock.advance(by: .seconds(1))
            _ = try await authority.service.users.requestEmailVerification(of: address, from: stranger(number))
            await authority.service.completeDeferredWork()
        }

        _ = try await authority.service.users.confirmEmailVerification(ActionProof(token: token), from: client)
        #expect(authority.mailer.messages(to: address).count == 3)
    }

    @Test("a retried mail has the same token, and counts once")
    func retriesCountOnce() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        let down = MailError.unavailable(diagnostic: "down")
        for _ in 0..<3 {
            authority.mailer.fail(with: [down, down, down])
            _ = try await authority.service.passwords.requestReset(of: address, from: client)
            for _ in 0..<4 {
                await authority.service.completeDeferredWork()
                authority.clock.advance(by: .seconds(60))
            }
        }

        #expect(authority.mailer.messages(to: address).count == 3)
        #expect(try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil])
    }

    @Test("a request beyond the budget is audited with its reason, and gets the same answer")
    func audited() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        for _ in 0..<4 { try await ask(authority, from: client) }

        #expect(
            try await authority.refusals(of: .passwordResetRequested) == [nil, nil, nil, "mail_limit_reached"])
    }

    @Test("a signed-in user who asks too often gets the usual answer, and no token")
    func ownRequests() async throws {
        let authority = try await TestAuthority()
        let principal = try await authority.principal("ada")
        var revealed: [Bool] = []
        for _ in 0..<4 {
            guard
                case .sent(_, let token) = try await authority.service.users.requestEmailVerification(
                    for: principal, from: client, revealing: true)
            else {
                Issue.record("the address is verified")
                return
            }
            revealed.append(token != nil)
        }
        _ = try await authority.service.users.requestEmailVerification(for: principal, from: client)
        await authority.service.completeDeferredWork()

        #expect(revealed == [true, true, true, false])
        #expect(authority.mailer.messages(to: try authority.address("ada")).count == 3)
    }

    @Test("an administrator can send a reset to a user whose budget attackers have used up")
    func administrator() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        for number in 0..<5 { try await ask(authority, from: stranger(number)) }
        let ada = try await authority.service.users.user(identifiedBy: .username(try Username("ada")))

        let token = try await authority.service.passwords.startReset(
            of: ada, by: .commandLine, mailing: false, from: client)

        let text = try #require(token?.revealed)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: text), newPassword: try Password(Self.new), from: client)
    }

    @Test("without limits every request is mailed, whatever the installation has sent")
    func unlimited() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.mailBudget = nil
        settings.mailDayLimit = MailDayLimit(4)
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        for number in 0..<30 { try await ask(authority, from: stranger(number)) }

        #expect(try resets(authority).count == 30)
    }

    /// A service that sends eight mails a day: strangers may send four of them to recipients who had some, and six in all.
    private func small() async throws -> TestAuthority {
        var settings = AuthSettings(issuer: "https://auth.example.test", verifiesOnRegistration: false)
        settings.mailDayLimit = MailDayLimit(8)
        let authority = try await TestAuthority(settings: settings)
        for number in 0..<8 { try await authority.register("user-\(number)") }
        return authority
    }

    @Test("the installation's day keeps a half for recipients who had none and known clients, a quarter for the latter")
    func day() async throws {
        let authority = try await small()
        let device = try #require(try await authority.attempt("user-7").deviceToken)
        // Two of each of two addresses: four in all, after which no second mail of a stranger goes out.
        for _ in 0..<3 {
            for number in 0..<2 { try await ask(authority, for: "user-\(number)", from: stranger(number)) }
        }
        #expect(authority.mailer.sent.count == 4)
        for number in 2..<7 { try await ask(authority, for: "user-\(number)", from: stranger(number)) }
        #expect(authority.mailer.sent.count == 6)
        for _ in 0..<3 { try await ask(authority, for: "user-7", device: device, from: client) }
        #expect(authority.mailer.sent.count == 8)
        #expect(try await authority.refusals(of: .passwordResetRequested).count { $0 == "mail_limit_reached" } == 6)

        authority.clock.advance(by: .seconds(86_400))
        try await ask(authority, for: "user-6", from: client)
        #expect(authority.mailer.sent.count == 9)
    }

    @Test(
        "a registration beyond the installation's day succeeds without its mail, which is audited, and asks again later"
    )
    func registrations() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test", requiresVerifiedEmail: true)
        settings.mailDayLimit = MailDayLimit(4)
        let authority = try await TestAuthority(settings: settings)
        var flows: [Bool] = []
        for number in 0..<5 { flows.append(try await authority.register("user-\(number)").flow != nil) }
        await authority.service.completeDeferredWork()

        #expect(flows == [true, true, true, false, false])
        #expect(authority.mailer.sent.count == 3)
        #expect(
            try await authority.refusals(of: .emailVerificationRequested)
                .count { $0 == "mail_limit_reached" } == 2)
        #expect(try await authority.service.users.count() == 5)
        // The right password has mails that strangers cannot use up.
        await #expect(throws: AuthError.emailNotVerified) { try await authority.attempt("user-4") }
        await authority.service.completeDeferredWork()
        #expect(authority.mailer.messages(to: try authority.address("user-4")).count == 1)
    }

    @Test("two processes on one store count each other's mails, after ten seconds at most")
    func processes() async throws {
        let first = try await small()
        let second = try await TestAuthority(settings: first.service.settings, store: first.store, clock: first.clock)
        for number in 0..<6 { try await ask(first, for: "user-\(number)", from: stranger(number)) }
        first.clock.advance(by: .seconds(10))

        try await ask(second, for: "user-6", from: client)

        #expect(first.mailer.sent.count == 6 && second.mailer.sent.isEmpty)
    }
}
