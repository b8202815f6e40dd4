// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import AuthTokens
import Synchronization
import Testing

/// Who has a reserved place where more passwords wait to be checked than can be.
@Suite("Reserved places at sign-in", .timeLimit(.minutes(10)))
struct HashingLaneTests {
    /// The places that one attempt asked for.
    private func lane(
        of name: String, _ password: String = TestAuthority.password, device: DeviceToken? = nil,
        at authority: TestAuthority
    ) async throws -> HashingLane {
        _ = try? await authority.attempt(name, password, device: device)
        return try #require(authority.hasher.lanes.last)
    }

    @Test("a known device has a reserved place, and the place is its user's")
    func knownDevice() async throws {
        let authority = try await TestAuthority()
        for name in ["ada", "eve"] { try await authority.register(name) }
        let laptop = try #require(try await authority.attempt("ada").deviceToken)
        let phone = try #require(try await authority.attempt("ada").deviceToken)
        let evil = try #require(try await authority.attempt("eve").deviceToken)

        let lanes = [
            try await lane(of: "ada", device: laptop, at: authority),
            try await lane(of: "ada", "not the password", device: phone, at: authority),
        ]
        #expect(lanes[0] == lanes[1] && lanes[0] != .open)
        let other = try await lane(of: "eve", device: evil, at: authority)
        #expect(other != lanes[0] && other != .open)
        for (name, device) in [("ada", nil), ("ada", DeviceToken("adt_junk")), ("ada", evil), ("nobody", laptop)] {
            #expect(try await lane(of: name, device: device, at: authority) == .open, "\(name)")
        }
    }

    @Test("a device that is throttled has no reserved place until its delay is over")
    func throttledDevice() async throws {
        let authority = try await TestAuthority()
        try await authority.register("ada")
        let device = try #require(try await authority.attempt("ada").deviceToken)
        for number in 0..<11 {
            #expect(try await lane(of: "ada", "wrong \(number)", device: device, at: authority) != .open)
        }

        #expect(try await lane(of: "ada", device: device, at: authority) == .open)
        authority.clock.advance(by: .seconds(1))
        #expect(try await lane(of: "ada", device: device, at: authority) != .open)
    }

    @Test("sessions that present the current password share one place of their user, and a throttled one has none")
    func sessions() async throws {
        let authority = try await TestAuthority()
        let sessions = [try await authority.principal("ada"), try await authority.principal("ada")]
        func change(_ principal: Principal) async throws -> HashingLane {
            _ = try? await authority.service.passwords.change(
                of: principal, from: Password("not the password"), to: Password("nanoseconds of wire"), by: client)
            return try #require(authority.hasher.lanes.last)
        }

        let lanes = [try await change(sessions[0]), try await change(sessions[1])]
        #expect(lanes[0] == lanes[1] && lanes[0] != .open)
        for _ in 0..<10 { _ = try await change(sessions[0]) }
        #expect(try await change(sessions[0]) == .open)
        #expect(try await change(sessions[1]) == lanes[1])
    }

    /// How an attack goes.
    private final class Progress: Sendable {
        let isOver = Atomic(false)
        let refused = Atomic(0)
    }

    /// The whole service with a real queue, and as many attempts at once as fill it.
    @Test("a user on a known device signs in while many other users sign in from known devices")
    func attack() async throws {
        let pool = try HashingPool(
            configuration: .init(threads: 1, queueLimit: 64, queueTimeout: .seconds(240)))
        let service = try AuthService(
            AuthService.Configuration(
                settings: AuthSettings(issuer: "https://auth.example.test"), store: InMemoryAuthStore(),
                hashing: PooledPasswordHasher(pool: pool, parameters: try .argon2id(memoryKiB: 7_168, iterations: 5)),
                rootKeys: RootKeys(current: RootKey(random: SeededRandom(seed: 1))),
                signing: .shared(SigningKey(secret: Array(0..<64)), previous: [])))
        try await service.start()
        func attempt(
            _ name: String, _ password: String, _ device: DeviceToken?, from source: String
        ) async throws(AuthError) -> TokenPair? {
            guard let password = try? Password(password) else { return nil }
            return try await service.signIn.withPassword(
                SignInAttempt(identifier: name, password: password, deviceToken: device),
                from: ClientContext(source: source)
            ).tokens
        }
        var devices: [String: DeviceToken] = [:]
        for name in ["owner", "eve"] {
            _ = try await service.users.register(
                Registration(
                    username: try Username(name), email: try EmailAddress("\(name)@example.test"),
                    password: try Password(TestAuthority.password), fullName: nil),
                from: client)
            devices[name] = try await attempt(name, TestAuthority.password, nil, from: "192.0.2.1")?.deviceToken
        }
        let evil = try #require(devices["eve"])
        let progress = Progress()

        var admitted = 0
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<120 {
                group.addTask {
                    var round = 0
                    while !progress.isOver.load(ordering: .relaxed) {
                        round += 1
                        let source = "10.\(number / 256).\(number % 256).\(round % 256)"
                        do throws(AuthError) {
                            _ = try await attempt("eve", "wrong \(round)", evil, from: source)
                        } catch {
                            if case .overloaded = error {
                                progress.refused.add(1, ordering: .relaxed)
                                // A few ask again at once, which keeps every place taken that becomes free.
                                if number >= 4 { return }
                            }
                        }
                        await Task.yield()
                    }
                }
            }
            // Fewer than half of them have room: the others are refused, and then the queue is full.
            while progress.refused.load(ordering: .relaxed) < 40, !Task.isCancelled { await Task.yield() }
            for _ in 0..<10 {
                let pair = try? await attempt("owner", TestAuthority.password, devices["owner"], from: "203.0.113.5")
                guard let pair else { continue }
                admitted += 1
                devices["owner"] = pair.deviceToken ?? devices["owner"]
            }
            progress.isOver.store(true, ordering: .relaxed)
        }

        #expect(admitted == 10)
        await pool.shutdown()
    }
}
