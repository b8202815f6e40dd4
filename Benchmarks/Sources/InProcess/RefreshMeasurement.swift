// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStorePostgres
import AuthStoreSQL
import AuthTesting
import Glibc
import Yardsticks

/// How many sessions a second the library refreshes on PostgreSQL, with nothing of HTTP around it.
struct RefreshMeasurement {
    private static let sessionsPerTask = 8

    private let configuration: PostgresConfiguration
    private let rootKey: RootKey
    private let tasks: Int
    private let seconds: Double

    init(_ arguments: [String]) throws {
        guard arguments.count == 4, let connections = Int(arguments[1]), let tasks = Int(arguments[2]),
            let seconds = Double(arguments[3]), let key = getenv("ROOT_KEY")
        else { throw UsageError() }
        var configuration = try PostgresConfiguration(url: arguments[0])
        configuration.pool = PoolLimits(size: connections, overflow: 0)
        self.configuration = configuration
        self.tasks = tasks
        self.seconds = seconds
        rootKey = try RootKey(hexadecimal: String(cString: key))
    }

    func print() async throws {
        let store = SQLAuthStore(try PostgresDriver(configuration))
        let service = try AuthService(
            AuthService.Configuration(
                settings: AuthSettings(issuer: "https://auth.example.test"), store: store,
                // Signing in is not what is measured.
                hashing: CheapPasswordHasher(random: SystemRandom()), rootKeys: RootKeys(current: rootKey),
                signing: .stored(.es256, rotationPeriod: nil)))
        try await service.start()
        var bundles: [[String]] = []
        for _ in 0..<tasks { bundles.append(try await sessions(of: service)) }

        let start = yardstick_now_nanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for bundle in bundles {
                group.addTask { try await Self.refresh(bundle, in: service, until: end) }
            }
            return try await group.reduce(0, +)
        }
        let elapsed = Double(yardstick_now_nanoseconds() - start) / 1e9
        await store.close()
        Swift.print("refreshes_per_second", Double(count) / elapsed)
    }

    /// The refresh tokens of a new user's sessions.
    private func sessions(of service: AuthService) async throws -> [String] {
        let random = SystemRandom().bytes(count: 8).map { String($0, radix: 16) }.joined()
        let password = try Password("correct horse battery staple")
        let user = try Username("u\(random)")
        let registration = Registration(username: user, email: nil, password: password, fullName: nil)
        _ = try await service.users.register(registration, from: ClientContext())
        var tokens: [String] = []
        for _ in 0..<Self.sessionsPerTask {
            let attempt = SignInAttempt(identifier: "u\(random)", password: password)
            let outcome = try await service.signIn.withPassword(attempt, from: ClientContext())
            if let pair = outcome.tokens { tokens.append(pair.refreshToken) }
        }
        return tokens
    }

    private static func refresh(_ tokens: [String], in service: AuthService, until end: UInt64) async throws -> Int {
        var tokens = tokens
        var count = 0
        while yardstick_now_nanoseconds() < end {
            for index in tokens.indices {
                tokens[index] = try await service.sessions.refresh(tokens[index], from: ClientContext()).refreshToken
            }
            count += tokens.count
        }
        return count
    }
}
