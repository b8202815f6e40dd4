// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Testing

@Suite("Changing the root key")
struct RootKeyChangeTests {
    let store = InMemoryAuthStore()
    let clock = ManualClock()
    let old: RootKey
    let new: RootKey
    private let random = SeededRandom(seed: 7)

    init() {
        old = RootKey(random: random)
        new = RootKey(random: random)
    }

    private func started(_ current: RootKey, previous: [RootKey] = []) async throws -> AuthService {
        var configuration = AuthService.Configuration(
            settings: AuthSettings(issuer: "https://auth.example.test"), store: store,
            hashing: CheapPasswordHasher(random: random), rootKeys: RootKeys(current: current, previous: previous),
            signing: .stored(.es256, rotationPeriod: nil))
        configuration.clock = clock
        configuration.random = random
        let service = try AuthService(configuration)
        try await service.start()
        return service
    }

    private func signIn(_ service: AuthService) async throws -> TokenPair {
        let password = try Password("correct horse battery")
        let draft = UserDraft(
            username: try Username("ada"), email: nil, fullName: nil, password: password, role: .user)
        _ = try await service.users.create(draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        let attempt = SignInAttempt(identifier: "ada", password: password)
        return try #require(try await service.signIn.withPassword(attempt, from: ClientContext()).tokens)
    }

    @Test("with the old key as a previous one, keys open, and tokens and sessions go on")
    func goesOn() async throws {
        let pair = try await signIn(started(old))

        let service = try await started(new, previous: [old])

        #expect(try await service.access.authenticate(pair.accessToken).user.id == pair.user.id)
        let next = try await service.sessions.refresh(pair.refreshToken, from: ClientContext())
        #expect(next.user.id == pair.user.id)
    }

    @Test("after the change, the old key alone is rejected, and accepted together with the new one")
    func isRemembered() async throws {
        _ = try await started(old)
        _ = try await started(new, previous: [old])

        await #expect(throws: StartError.wrongRootKey) { try await started(old) }
        _ = try await started(new, previous: [old])
    }

    @Test("processes can be changed one after the other if all of them know both keys")
    func rolling() async throws {
        _ = try await started(old)
        _ = try await started(old, previous: [new])
        _ = try await started(new, previous: [old])
        _ = try await started(old, previous: [new])
        _ = try await started(new, previous: [old])

        await #expect(throws: StartError.wrongRootKey) { try await started(old) }
    }

    @Test("after a leak, an emergency rotation makes the old key unnecessary at once, and sessions under it end")
    func leak() async throws {
        let pair = try await signIn(started(old))
        try await started(new, previous: [old]).keys.perform(.rotateAfterCompromise)

        let service = try await started(new)

        await #expect(throws: AuthError.self) { try await service.access.authenticate(pair.accessToken) }
        await #expect(throws: AuthError.self) {
            try await service.sessions.refresh(pair.refreshToken, from: ClientContext())
        }
        #expect(try await service.keys.list().filter { $0.state == .active }.count == 1)
    }

    @Test("a key that the store has never seen is refused, whatever others come with it")
    func stranger() async throws {
        _ = try await started(old)
        let strange = [RootKey(random: random), RootKey(random: random)]

        await #expect(throws: StartError.wrongRootKey) { try await started(new, previous: strange) }
        _ = try await started(old)
    }
}
