// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import Testing

@Suite("Requests for mails")
struct MailRequestTests {
    private func ask(_ authority: TestAuthority, _ name: String = "ada", from client: ClientContext = client)
        async throws
    {
        _ = try await authority.service.passwords.requestReset(of: try authority.address(name), from: client)
    }

    private func resets(_ authority: TestAuthority) throws -> Int {
        authority.mailer.messages(to: try authority.address("ada")).count { $0.template == .passwordReset }
    }

    private func lease(_ authority: TestAuthority, _ octet: UInt8) -> OutboxLease {
        OutboxLease(
            id: [UInt8](repeating: octet, count: 16), until: authority.clock.now + OutboxLease.duration)
    }

    @Test("a request that a process has accepted before it was killed is answered by the next one")
    func killed() async throws {
        let store = InMemoryAuthStore()
        let first = try await TestAuthority.quiet(store: store)
        try await first.register("ada")
        try await ask(first)

        let second = try await TestAuthority(store: store, clock: first.clock)
        await second.service.completeDeferredWork()

        #expect(first.mailer.sent.isEmpty)
        #expect(try resets(second) == 1)
    }

    @Test("a request that a process had in hand when it was killed is answered when its lease has ended")
    func killedInHand() async throws {
        let store = InMemoryAuthStore()
        let authority = try await TestAuthority.quiet(store: store)
        try await authority.register("ada")
        try await ask(authority)
        let claimed = try await store.claimMailRequests(
            limit: 10, lease: lease(authority, 7), context: OperationContext(now: authority.clock.now))
        #expect(claimed.count == 1)

        await authority.service.completeDeferredWork()
        #expect(authority.mailer.sent.isEmpty)
        authority.clock.advance(by: OutboxLease.duration)
        await authority.service.completeDeferredWork()

        #expect(try resets(authority) == 1)
    }

    @Test("a request that cannot be answered is tried again after 2, 4 and 8 seconds, and delays no other one")
    func retried() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority.quiet(store: store)
        for name in ["ada", "bob"] { try await authority.register(name) }
        try await ask(authority)
        for seconds in [2, 4, 8] as [Int64] {
            store.beforeNext(.issueToken) { () throws(StoreError) in throw .conflict }
            await authority.service.completeDeferredWork()
            if seconds == 2 {
                try await ask(authority, "bob")
                await authority.service.completeDeferredWork()
                #expect(authority.mailer.sent.map(\.recipient.canonical) == ["bob@example.test"])
            }
            authority.clock.advance(by: .seconds(seconds - 1))
            await authority.service.completeDeferredWork()
            #expect(try resets(authority) == 0)
            authority.clock.advance(by: .seconds(1))
        }
        await authority.service.completeDeferredWork()

        #expect(try resets(authority) == 1)
    }

    @Test("a request that fails eight times is given up, which is audited, counted and reported")
    func givenUp() async throws {
        let store = ObservedStore()
        let authority = try await TestAuthority.quiet(store: store)
        try await authority.register("ada")
        store.beforeEvery(.issueToken) { () throws(StoreError) in throw .conflict }
        try await ask(authority)
        for _ in 0..<20 {
            await authority.service.completeDeferredWork()
            authority.clock.advance(by: .seconds(200))
        }

        #expect(try await authority.refusals(of: .mailFailed) == ["dropped"])
        #expect(authority.service.mail.dropped[.passwordReset] == 1)
        #expect(
            authority.events.all.contains {
                guard case .mailDropped(.passwordReset, .givenUp, nil) = $0 else { return false }
                return true
            })
        #expect(authority.mailer.sent.isEmpty)
    }

    // Behaviour A18
    @Test("more waiting requests of one network than its quota get 503 and are audited; those of others go on")
    func quota() async throws {
        let authority = try await TestAuthority.quiet()
        let known = try #require(try await authority.signIn(as: "ada").deviceToken)
        for _ in 0..<20 { try await ask(authority, "nobody") }

        await #expect(throws: AuthError.overloaded(retryAfter: .seconds(30))) { try await ask(authority) }
        try await ask(authority, from: ClientContext(source: "198.51.100.7"))
        // A known device waits in a line of its own.
        _ = try await authority.service.passwords.requestReset(
            of: try authority.address("ada"), device: known, from: client)
        #expect(authority.mailer.sent.isEmpty)

        #expect(try await authority.refusals(of: .passwordResetRequested).count { $0 == "mail_requests_full" } == 1)
        #expect(try resets(authority) == 2)
        try await ask(authority)
    }

    @Test("the addresses of one network share a quota, whatever their interface identifiers are")
    func networks() async throws {
        let authority = try await TestAuthority.quiet()
        func from(_ number: Int) -> ClientContext {
            ClientContext(
                source: "2001:db8:1:\(number)::1", sourceGroup: "2001:db8:1:\(number)::/64",
                sourceNetwork: "2001:db8:1::/48")
        }
        for number in 0..<20 { try await ask(authority, from: from(number)) }

        await #expect(throws: AuthError.overloaded(retryAfter: .seconds(30))) {
            try await ask(authority, from: from(20))
        }
    }

    @Test("requests of known clients are answered before those of strangers")
    func knownFirst() async throws {
        let store = InMemoryAuthStore()
        let authority = try await TestAuthority.quiet(store: store)
        let known = try #require(try await authority.signIn(as: "ada").deviceToken)
        try await ask(authority, "nobody")
        _ = try await authority.service.passwords.requestReset(
            of: try authority.address("ada"), device: known, from: client)

        let claimed = try await store.claimMailRequests(
            limit: 2, lease: lease(authority, 7), context: OperationContext(now: authority.clock.now))

        #expect(claimed.map(\.request.standing) == [.known, .stranger])
        #expect(claimed.map(\.request.address) == ["ada@example.test", "nobody@example.test"])
    }

    @Test("a request's row holds no token of a device, no handle and no password")
    func noSecret() async throws {
        let store = InMemoryAuthStore()
        let settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        let authority = try await TestAuthority(settings: settings, store: store)
        let ada = UserDraft(
            username: try Username("ada"), email: try authority.address("ada"), fullName: nil,
            password: try Password(TestAuthority.password), isVerified: true)
        _ = try await authority.service.users.create(ada, by: .commandLine, mustChangePassword: false, from: client)
        let device = try #require(try await authority.attempt("ada").deviceToken)
        let handle = try await authority.service.passwords.requestReset(
            of: try authority.address("ada"), device: device, from: client)
        let registration = try #require(try await authority.register("bob").flow)

        let claimed = try await store.claimMailRequests(
            limit: 9, lease: lease(authority, 7), context: OperationContext(now: authority.clock.now))

        let text = claimed.map { "\($0.request)" }.joined()
        #expect(claimed.count == 2)
        for secret in [device.revealed, handle.revealed, registration.revealed, TestAuthority.password] {
            #expect(!text.contains(secret) && !text.contains(secret.dropFirst(4).prefix(20)))
        }
        #expect(claimed.contains { $0.request.kind == .registration && $0.request.details["password_hash"] != nil })
    }

    @Test("a private registration is a row, with which the hash of its password goes")
    func registration() async throws {
        let store = ObservedStore()
        let settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        let first = try await TestAuthority(settings: settings, store: store)
        let handle = try #require(try await first.register("ada").flow).revealed
        #expect(try await first.service.users.count() == 0)

        // The process ends between creating the user and answering the request.
        store.beforeNext(.issueToken) { () throws(StoreError) in throw .conflict }
        await first.service.completeDeferredWork()
        #expect(try await first.service.users.count() == 1)
        #expect(first.mailer.sent.isEmpty)
        first.clock.advance(by: .seconds(2))
        let second = try await TestAuthority(settings: settings, store: store, clock: first.clock)
        let message = try await second.message(.emailVerification, to: "ada")

        #expect(try await second.service.users.count() == 1)
        #expect(second.mailer.messages(to: try second.address("ada")).count == 1)
        let proven = try await second.service.users.confirmEmailVerification(
            ActionProof(handle: handle, code: message.typedCode), from: client)
        #expect(proven.effect == .bind && proven.user.isVerified)
        _ = try await second.attempt("ada")
        second.clock.advance(by: .seconds(600))
        let left = try await store.claimMailRequests(
            limit: 9, lease: lease(second, 7), context: OperationContext(now: second.clock.now))
        #expect(left.isEmpty)
    }

    @Test("the notices that an address is registered already have a budget, which a stranger uses up alone")
    func registrationNotices() async throws {
        let settings = AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: true)
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        await authority.service.completeDeferredWork()
        for number in 0..<30 {
            _ = try await authority.service.users.register(
                Registration(
                    username: "squatter-\(number)", email: "ada@example.test", password: TestAuthority.password),
                from: ClientContext(source: "198.51.100.\(number)"))
            await authority.service.completeDeferredWork()
        }

        let messages = authority.mailer.messages(to: try authority.address("ada"))
        #expect(messages.count { $0 == .addressAlreadyRegistered } == 10)
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        _ = try await authority.message(.passwordReset, to: "ada")
    }
}
