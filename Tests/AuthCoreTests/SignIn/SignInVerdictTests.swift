// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Sign-in verdict")
struct SignInVerdictTests {
    let now = Timestamp(seconds: 1_000)

    func decide(
        _ user: User?, hasPassword: Bool = true, matches: Bool = true, requiresVerifiedEmail: Bool = false
    ) -> SignInVerdict {
        SignInVerdict.decide(
            user: user, hasPassword: hasPassword, passwordMatches: matches,
            requiresVerifiedEmail: requiresVerifiedEmail, at: now)
    }

    func user(isActive: Bool = true, bannedUntil: Timestamp? = nil, verified: Bool = false) -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), emailVerifiedAt: verified ? now : nil, isActive: isActive,
            bannedUntil: bannedUntil, createdAt: now)
    }

    @Test("a sign-in with the right password of an active user is admitted")
    func admitted() {
        #expect(decide(user()) == .admit(user()))
        #expect(decide(user(bannedUntil: now)) == .admit(user(bannedUntil: now)))
        #expect(decide(user(verified: true), requiresVerifiedEmail: true) == .admit(user(verified: true)))
    }

    @Test("the user's state is considered only after the right password")
    func passwordFirst() {
        #expect(decide(nil) == .refuse(.unknownUser))
        #expect(decide(user(), hasPassword: false) == .refuse(.noPassword))
        #expect(decide(user(isActive: false), matches: false) == .refuse(.wrongPassword))
        #expect(decide(user(), matches: false, requiresVerifiedEmail: true) == .refuse(.wrongPassword))
        #expect(decide(user(isActive: false)) == .refuse(.userDisabled))
        #expect(decide(user(bannedUntil: now + .microseconds(1))) == .refuse(.userDisabled))
        #expect(decide(user(), requiresVerifiedEmail: true) == .refuse(.emailNotVerified))
    }
}
