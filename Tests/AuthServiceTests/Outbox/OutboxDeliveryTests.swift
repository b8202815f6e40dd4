// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Synchronization
import Testing

@Suite("Delivery from the outbox") struct OutboxDeliveryTests {
    private static let new = "another fine password"

    private func rows(_ authority: TestAuthority) async throws -> [OutboxRow] {
        try await authority.service.outbox.list(matching: OutboxQuery())
    }

    /// An authority whose user Ada has asked for a reset that was not mailed yet.
    private func asked() async throws -> TestAuthority {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority).map(\.entry.kind) == ["password_reset"])
        return authority
    }

    @Test("the row of a reset mail has no secret, and its mail has one that can be redeemed")
    func noSecret() async throws {
        let authority = try await asked()
        let row = try #require(try await rows(authority).first)
        authority.clock.advance(by: .seconds(2))
        await authority.service.completeDeferredWork()
        let text = try #require(authority.mailer.messages(to: try authority.address("ada")).first?.token)
        let secret = try #require(Base64URL.decode(text.utf8.dropFirst("aot_".utf8.count)))

        let stored = try #require(row.entry.token)
        // The last sixteen octets are what only a holder of the root key can make.
        let tail = Array(secret.suffix(16))
        #expect(stored.content.count == 24 && secret.count == 1 + 16 + 24 + 16)
        #expect(!"\(row)".contains(text))
        for octets in [stored.content, stored.digest] {
            #expect(!octets.indices.contains { octets[$0...].starts(with: tail.prefix(4)) })
        }
        try await authority.service.passwords.confirmReset(
            ActionProof(token: text), newPassword: try Password(Self.new), from: client)
        #expect(try await rows(authority).map(\.entry.kind) == ["password_changed"])
    }

    @Test("a mail whose token was used, and one whose address the user has given up, are not sent")
    func moot() async throws {
        let authority = try await asked()
        let address = try authority.address("ada")
        // The mails pause because the mail server is down.
        authority.clock.advance(by: .seconds(2))
        let token = try #require(
            try await authority.service.passwords.requestResetRevealing(of: address, from: client).token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: token.revealed), newPassword: try Password(Self.new), from: client)
        await authority.service.completeDeferredWork()
        #expect(authority.mailer.messages(to: address) == [.passwordChanged])
        #expect(authority.service.outbox.health[.mail].moot == 2)

        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        _ = try await authority.service.passwords.requestReset(of: address, from: client)
        await authority.service.completeDeferredWork()
        let ada = try await authority.service.users.user(identifiedBy: .username(try Username("ada")))
        _ = try await authority.service.users.update(
            ada.id, by: ProfileChange(email: try EmailAddress("new@example.test")), administrator: .commandLine,
            from: client)
        authority.clock.advance(by: .seconds(60))
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.messages(to: address) == [.passwordChanged, .addressChanged])
        #expect(authority.mailer.messages(to: try EmailAddress("new@example.test")).isEmpty)
        #expect(try await rows(authority).isEmpty)
    }

    @Test("a mail is in its user's language, and says when and from where it was caused")
    func language() async throws {
        let authority = try await TestAuthority()
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
        let network = "2001:db8:1::/48"
        let here = ClientContext(source: "2001:db8:1:2::3", sourceNetwork: network, userAgent: agent)
        let registration = Registration(
            username: try Username("ada"), email: try authority.address("ada"),
            password: try Password(TestAuthority.password), fullName: nil, locale: LanguageTag("de-AT"))
        _ = try await authority.service.users.register(registration, from: here)
        let cause = authority.clock.now
        authority.clock.advance(by: .seconds(5))
        await authority.service.completeDeferredWork()

        let mail = try #require(authority.mailer.sent.first)
        #expect(mail.message.template == .emailVerification && mail.language?.text == "de-AT")
        let place = SignInPlace(source: nil, sourceNetwork: network, userAgent: agent)
        #expect(mail.origin == ActionOrigin(at: cause, from: place) && place != nil)
    }

    @Test("a mail that comes late says how long its token lives from then on")
    func lateMail() async throws {
        let authority = try await asked()
        authority.clock.advance(by: .seconds(1_800))
        await authority.service.completeDeferredWork()

        let mail = try #require(authority.mailer.messages(to: try authority.address("ada")).first)
        #expect(mail.validFor == .seconds(1_800))
    }

    @Test("a mail that the server refuses for good is given up, and an operator can have it sent after all")
    func refused() async throws {
        let authority = try await TestAuthority.quiet()
        try await authority.register("ada")
        let address = try authority.address("ada")
        authority.mailer.fail(with: [.rejected(diagnostic: "550 no such mailbox")])
        _ = try await authority.service.passwords.requestReset(of: address, from: client)
        await authority.service.completeDeferredWork()
        let row = try #require(try await rows(authority).first)
        #expect(row.state == .dead && row.failure == "550 no such mailbox")
        #expect(try await authority.refusals(of: .mailFailed) == ["not_delivered"])
        let isFinal = authority.events.all.compactMap { event -> Bool? in
            guard case .mailFailed(_, let isFinal) = event else { return nil }
            return isFinal
        }
        #expect(isFinal == [true])
        #expect(authority.service.outbox.health[.mail].dead == 1)
        #expect(authority.service.outbox.health.count(.mail, .dead) == 1)

        #expect(try await authority.service.outbox.retry(row.key, from: client))
        await authority.service.completeDeferredWork()

        let text = try #require(authority.mailer.messages(to: address).first?.token)
        try await authority.service.passwords.confirmReset(
            ActionProof(token: text), newPassword: try Password(Self.new), from: client)
    }

    @Test("while the mail server serves no mail, one try in each pause tells so, and uses up no row's tries")
    func pausing() async throws {
        let authority = try await TestAuthority.quiet()
        for name in ["ada", "bob", "cid"] {
            try await authority.register(name)
            _ = try await authority.service.passwords.requestReset(of: try authority.address(name), from: client)
        }
        let errors: [MailError] = [
            .unavailable(diagnostic: "down"), .clientRefused(diagnostic: "535 no"), .overloaded,
            .unavailable(diagnostic: "down"), .unavailable(diagnostic: "down"), .unavailable(diagnostic: "down"),
        ]
        authority.mailer.fail(with: errors)
        var tries: [Int] = []
        for seconds in [0, 1, 1, 3, 1, 8, 16, 29, 1, 29] as [Int64] {
            authority.clock.advance(by: .seconds(seconds))
            await authority.service.completeDeferredWork()
            tries.append(
                authority.events.all.count {
                    guard case .mailFailed(_, isFinal: false) = $0 else { return false }
                    return true
                })
        }
        #expect(tries == [1, 1, 2, 2, 3, 4, 5, 5, 6, 6])
        #expect(try await rows(authority).map(\.attempts) == [0, 0, 0])
        #expect(authority.mailer.sent.isEmpty)

        authority.clock.advance(by: .seconds(1))
        await authority.service.completeDeferredWork()

        #expect(Set(authority.mailer.sent.map(\.recipient.original)).count == 3)
        // The pauses begin anew.
        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        await authority.service.completeDeferredWork()
        authority.clock.advance(by: .seconds(2))
        await authority.service.completeDeferredWork()
        #expect(authority.mailer.sent.count == 4)
    }

    @Test(
        "a mail that was put off, or may have arrived, waits by itself, and goes out under the same stamp",
        arguments: [MailError.postponed(diagnostic: "450 later"), .unconfirmed(diagnostic: "lost")])
    func stamped(_ error: MailError) async throws {
        let mailer = StampRecorder(failingWith: error)
        let authority = try await TestAuthority.quiet { $0.mailer = mailer }
        try await authority.register("ada")
        try await authority.register("bob")
        for name in ["ada", "bob"] {
            _ = try await authority.service.passwords.requestReset(of: try authority.address(name), from: client)
        }
        let cause = authority.clock.now
        await authority.service.completeDeferredWork()
        #expect(try await rows(authority).map(\.attempts) == [1])

        authority.clock.advance(by: .seconds(2))
        await authority.service.completeDeferredWork()

        let stamps = mailer.stamps
        try #require(stamps.count == 3)
        #expect(stamps[0] == stamps[2] && stamps[0] != stamps[1])
        #expect(stamps.allSatisfy { $0?.date == cause })
    }

    @Test("what this version does not know is left for a newer one, and delays no other user")
    func unknownKind() async throws {
        let authority = try await TestAuthority()
        let ada = try await authority.principal("ada").user
        let bob = try await authority.principal("bob").user
        let context = OperationContext(now: authority.clock.now)
        for (kind, user) in [("from_the_future", ada), ("password_changed", ada), ("password_changed", bob)] {
            let entry = OutboxEntry(
                .notice, kind: kind, about: user.id, to: user.email?.original, in: context)
            #expect(try await authority.store.enqueue(entry, recording: nil, context: context))
        }
        await authority.service.completeDeferredWork()

        #expect(authority.mailer.sent.map(\.recipient.original) == ["bob@example.test"])
        #expect(try await rows(authority).map(\.state) == [.due, .due])
        #expect(
            authority.events.all.contains {
                guard case .outboxRowUnreadable(_, isFinal: false) = $0 else { return false }
                return true
            })
    }

    @Test(
        "a running service delivers at once what it writes, and what another process has written",
        .timeLimit(.minutes(10)))
    func running() async throws {
        let (letters, letter) = AsyncStream<OutgoingMail>.makeStream()
        let mailer = StreamingMailer(letter)
        let authority = try await TestAuthority { $0.mailer = mailer }
        let principal = try await authority.principal("ada")
        let context = OperationContext(now: authority.clock.now)
        let entry = OutboxEntry(
            .notice, kind: "address_changed", about: principal.user.id, to: "old@example.test", in: context)
        #expect(try await authority.store.enqueue(entry, recording: nil, context: context))
        let running = Task { await authority.service.run() }
        var mails = letters.makeAsyncIterator()
        #expect(await mails.next()?.recipient.original == "old@example.test")

        _ = try await authority.service.passwords.requestReset(of: try authority.address("ada"), from: client)
        let reset = await mails.next()
        #expect(reset?.message.template == .passwordReset)
        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password(Self.new), by: client)
        #expect(await mails.next()?.message == .passwordChanged)

        running.cancel()
        await running.value
        #expect(try await rows(authority).isEmpty)
    }

    @Test("a mail that is under way at the end is finished, and written down", .timeLimit(.minutes(10)))
    func ending() async throws {
        let (begun, began) = AsyncStream<Void>.makeStream()
        let (releases, release) = AsyncStream<Void>.makeStream()
        let mailer = HeldMailer(began: began, releases: releases)
        let authority = try await TestAuthority { $0.mailer = mailer }
        let principal = try await authority.principal("ada")
        let running = Task { await authority.service.run() }
        _ = try await authority.service.passwords.change(
            of: principal, from: try Password(TestAuthority.password), to: try Password(Self.new), by: client)
        for await _ in begun { break }
        running.cancel()
        release.finish()
        await running.value

        #expect(try await rows(authority).isEmpty)
        #expect(authority.service.outbox.health[.notice].delivered == 1)
    }
}

/// Records the stamps of mails; the first mail fails.
private final class StampRecorder: MailSending {
    private let error: MailError
    private let state = Mutex<[MailStamp?]>([])

    init(failingWith error: MailError) { self.error = error }

    var stamps: [MailStamp?] { state.withLock(\.self) }

    func send(_ mail: OutgoingMail) async throws(MailError) {
        let isFirst = state.withLock { stamps in
            stamps.append(mail.stamp)
            return stamps.count == 1
        }
        if isFirst { throw error }
    }
}

/// Passes each mail on.
private struct StreamingMailer: MailSending {
    let letters: AsyncStream<OutgoingMail>.Continuation

    init(_ letters: AsyncStream<OutgoingMail>.Continuation) { self.letters = letters }

    func send(_ mail: OutgoingMail) async throws(MailError) { letters.yield(mail) }
}

/// Holds a mail until the stream ends; says when it has one.
private struct HeldMailer: MailSending {
    let began: AsyncStream<Void>.Continuation
    let releases: AsyncStream<Void>

    func send(_ mail: OutgoingMail) async throws(MailError) {
        began.yield()
        for await _ in releases {}
        guard !Task.isCancelled else { throw .cancelled }
    }
}
