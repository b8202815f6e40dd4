// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Rules of re-authentication") struct ReauthenticationRuleTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    @Test("a mailed code counts for a verified address alone, and a password where there is one")
    func methods() throws {
        var user = User(id: UserID(UUIDv7(high: 1, low: 1)), createdAt: Self.now)
        func methods(hasPassword: Bool = false, canMail: Bool = true) -> [ReauthenticationMethod] {
            ReauthenticationMethod.available(to: user, hasPassword: hasPassword, canMail: canMail)
        }
        #expect(methods() == [])
        #expect(methods(hasPassword: true) == [.password])
        user.email = try EmailAddress("ada@example.test")
        #expect(methods() == [])
        user.emailVerifiedAt = Self.now
        #expect(methods() == [.mail])
        #expect(methods(hasPassword: true) == [.password, .mail])
        #expect(methods(hasPassword: true, canMail: false) == [.password])
        #expect(methods(canMail: false) == [])
    }

    @Test("a proof counts until its limit, and not from further ahead than clocks may differ")
    func recentProof() {
        let demand = RecentProof(within: .seconds(900), leeway: .seconds(5))
        func isMet(_ age: Duration) -> Bool { demand.isMet(by: Self.now - age, at: Self.now) }
        #expect(!demand.isMet(by: nil, at: Self.now))
        #expect(isMet(.zero) && isMet(.seconds(900) - .microseconds(1)) && isMet(.seconds(-5)))
        #expect(!isMet(.seconds(900)) && !isMet(.seconds(901)) && !isMet(.seconds(-5) - .microseconds(1)))
    }

    @Test("a session lists each method once, with its latest use, and stays what it was opened as")
    func session() {
        var session = Session(
            id: SessionID(UUIDv7(high: 1, low: 2)), userID: UserID(UUIDv7(high: 1, low: 1)), scope: .everything,
            authenticatedAt: Self.now, methods: [.password(at: Self.now)], createdAt: Self.now,
            notAfter: Self.now + .seconds(86_400), idleTimeout: .seconds(3_600),
            rotation: RefreshState(counter: 7, rotatedAt: Self.now))
        let before = session
        let (first, second) = (Self.now + .seconds(10), Self.now + .seconds(20))

        session.reauthenticate(by: .mailedCode(at: first))
        session.reauthenticate(by: .password(at: second))

        #expect(session.authenticatedAt == second)
        #expect(session.methods == [.mailedCode(at: first), .password(at: second)])
        (session.authenticatedAt, session.methods) = (before.authenticatedAt, before.methods)
        #expect(session == before)
    }
}
