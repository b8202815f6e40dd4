// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Sign-in flow")
struct SignInFlowTests {
    let now = Timestamp(seconds: 1_000)

    var password: AuthenticationMethod { .password(at: now) }

    func decide(
        _ user: User?, hasPassword: Bool = true, matches: Bool = true, requiresVerifiedEmail: Bool = false,
        factors: [SignInFactor] = [], answered: [String: AuthenticationMethod] = [:]
    ) -> SignInFlow.Decision {
        let first: SignInProofs.First =
            hasPassword ? matches ? .proven(password) : .wrongPassword : .noPassword
        return SignInFlow.decide(
            SignInProofs(first: first, further: answered), of: user, factors: factors,
            requiresVerifiedEmail: requiresVerifiedEmail, at: now)
    }

    func admitted(_ user: User) -> SignInFlow.Decision { .admit(user, methods: [password], level: 1) }

    func user(isActive: Bool = true, bannedUntil: Timestamp? = nil, verified: Bool = false) -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), emailVerifiedAt: verified ? now : nil, isActive: isActive,
            bannedUntil: bannedUntil, createdAt: now)
    }

    @Test("a sign-in with the right password of an active user is admitted")
    func rightPassword() {
        #expect(decide(user()) == admitted(user()))
        #expect(decide(user(bannedUntil: now)) == admitted(user(bannedUntil: now)))
        #expect(decide(user(verified: true), requiresVerifiedEmail: true) == admitted(user(verified: true)))
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

    @Test("a user with second factors is asked for one after the right password, and never before")
    func needsFactor() {
        let factors = [SignInFactor(id: "1", kind: "otp"), SignInFactor(id: "2", kind: "pop")]
        #expect(decide(user(), factors: factors) == .needs(factors, of: user()))
        #expect(decide(user(), matches: false, factors: factors) == .refuse(.wrongPassword))
        #expect(decide(nil, factors: factors) == .refuse(.unknownUser))
        #expect(decide(user(isActive: false), factors: factors) == .refuse(.userDisabled))
        #expect(
            decide(user(), requiresVerifiedEmail: true, factors: factors) == .refuse(.emailNotVerified))
    }

    @Test("one answered factor raises the level to 2; one that the user no longer has does not count")
    func answeredFactor() {
        let factors = [SignInFactor(id: "1", kind: "otp"), SignInFactor(id: "2", kind: "pop")]
        let code = AuthenticationMethod(name: "otp", at: now)
        #expect(
            decide(user(), factors: factors, answered: ["1": code])
                == .admit(user(), methods: [password, code], level: 2))
        #expect(decide(user(), factors: factors, answered: ["3": code]) == .needs(factors, of: user()))
        #expect(decide(user(), matches: false, factors: factors, answered: ["1": code]) == .refuse(.wrongPassword))
        #expect(decide(user(), answered: ["1": code]) == admitted(user()))
    }
}
