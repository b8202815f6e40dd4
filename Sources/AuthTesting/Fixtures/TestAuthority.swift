// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
public import AuthService
public import AuthStore
import AuthTokens
import Synchronization

/// A whole service in memory, for the tests of embedding services: clocks that stand until they are moved, random bytes
/// that repeat, mail that is captured.
///
/// It needs no database, no network and no file, and starts in milliseconds. It need not be run: access tokens stay valid
/// however far the test moves the clock before their expiry.
///
/// ```swift
/// let authority = try await TestAuthority()
/// let tokens = try await authority.signIn(as: "ada", role: .admin)
/// ```
public struct TestAuthority: Sendable {
    /// The password of every user that ``signIn(as:role:scope:)`` makes.
    public static let password = "correct horse battery"

    /// The service under test.
    public let service: AuthService
    /// The store beneath it.
    public let store: any AuthStore
    /// The clock of both.
    public let clock: ManualClock
    /// The mailer that captures mail.
    public let mailer: RecordingMailer
    /// The password hasher, which counts its calls.
    public let hasher: CheapPasswordHasher
    /// The events that an operator would have seen.
    public let events: ObservedEvents

    /// Makes and starts a service.
    ///
    /// - Parameters:
    ///   - settings: The operator's settings; the default's issuer is `https://auth.example.test`.
    ///   - store: The store; one in memory by default.
    ///   - clock: The system clock and the clock since boot, both of which stand until the test moves them.
    ///   - hasMail: Whether mail can be sent.
    ///   - breachedPasswords: The list that new passwords are looked up in; none by default.
    ///   - seed: Services of one seed have the same root key.
    ///   - signing: How access tokens are signed; by default with a fixed secret, which is the cheapest.
    /// - Throws: `TestAuthorityError` if the service does not start.
    public init(
        settings: AuthSettings = AuthSettings(issuer: "https://auth.example.test"), store: (any AuthStore)? = nil,
        clock: ManualClock = ManualClock(), hasMail: Bool = true,
        breachedPasswords: (any BreachedPasswordChecking)? = nil, seed: UInt64 = 1, signing: TokenSigning? = nil
    ) async throws(TestAuthorityError) {
        try await self.init(
            settings: settings, store: store, clock: clock, hasMail: hasMail, seed: seed, signing: signing
        ) { $0.breachedPasswords = breachedPasswords }
    }

    /// As the public initializer; `adjust` sets what else the service is to be put together from.
    package init(
        settings: AuthSettings = AuthSettings(issuer: "https://auth.example.test"), store: (any AuthStore)? = nil,
        clock: ManualClock = ManualClock(), hasMail: Bool = true, seed: UInt64 = 1, signing: TokenSigning? = nil,
        adjust: (inout AuthService.Configuration) -> Void
    ) async throws(TestAuthorityError) {
        self.clock = clock
        self.store = store ?? InMemoryAuthStore()
        mailer = RecordingMailer()
        let random = SeededRandom(seed: seed)
        hasher = CheapPasswordHasher(random: random)
        let events = ObservedEvents()
        self.events = events
        do {
            var configuration = AuthService.Configuration(
                settings: settings, store: self.store, hashing: hasher,
                rootKeys: RootKeys(current: RootKey(random: random)),
                signing: try signing ?? .shared(SigningKey(secret: Array(0..<64)), previous: []))
            configuration.mailer = hasMail ? mailer : nil
            configuration.clock = clock
            configuration.bootClock = clock
            configuration.random = random
            configuration.observe = { events.add($0) }
            configuration.measuresSilenceFromStart = false
            adjust(&configuration)
            service = try AuthService(configuration)
            try await service.start()
        } catch {
            throw TestAuthorityError(text: "\(error)")
        }
    }

    /// Makes a user of this name with an address at `example.test`, unless one exists, and signs them in.
    ///
    /// - Throws: `AuthError`, or `ValidationError` where the name cannot be a username.
    public func signIn(as name: String, role: Role = .user, scope: Scope? = nil) async throws -> TokenPair {
        let draft = UserDraft(
            username: try Username(name), email: try EmailAddress("\(name)@example.test"), fullName: nil,
            password: try Password(Self.password), role: role)
        do {
            _ = try await service.users.create(
                draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        } catch AuthError.identifierTaken {
            // Signed in before: the user is there.
        }
        let attempt = SignInAttempt(identifier: name, password: try Password(Self.password), scope: scope)
        switch try await service.signIn.withPassword(attempt, from: ClientContext()) {
        case .signedIn(let pair): return pair
        case .pending: throw TestAuthorityError(text: "\(name) must answer a second factor")
        }
    }

    /// Signs in as ``signIn(as:role:scope:)`` and returns the principal of the token.
    public func principal(_ name: String, role: Role = .user, scope: Scope? = nil) async throws -> Principal {
        try await service.access.authenticate(signIn(as: name, role: role, scope: scope).accessToken)
    }
}

/// Why a test authority could not be created.
public struct TestAuthorityError: Error, CustomStringConvertible {
    let text: String
    /// The reason, in a sentence.
    public var description: String { text }
}

/// The events that an operator would have seen.
public final class ObservedEvents: Sendable {
    private let events = Mutex<[ServiceEvent]>([])

    /// Everything observed so far, in order.
    public var all: [ServiceEvent] { events.withLock { $0 } }

    func add(_ event: ServiceEvent) {
        events.withLock { $0.append(event) }
    }
}
