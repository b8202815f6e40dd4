// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthHTTP
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTokens
import HTTPTypes
import Logging

/// A service of its own, with some users in each state that an answer must not reveal, and the public routes to probe.
///
/// All have random names, and several in each state take turns, because one text may take longer to read than another.
///
/// Registration is private and mail is discarded. No request is limited by its source, since all come from one.
struct TimingFixture: Sendable {
    private let api: AuthAPI
    private let service: AuthService
    private let peer: IPAddress?
    private let addresses: [UserState: [String]]

    /// Creates the users in `store`, which nothing else uses.
    ///
    /// - Throws: Sentences.
    init(store: any AuthStore, hashing: any PasswordHashing) async throws(CommandFailure) {
        addresses = Dictionary(
            uniqueKeysWithValues: UserState.allCases.map { ($0, (0..<16).map { _ in Self.newAddress() }) })
        var settings = AuthSettings(issuer: "https://timing.invalid", preventsEnumeration: true)
        settings.feedPatience = .seconds(3_600)
        settings.signsInByMail = true
        do throws(CryptoError) {
            var configuration = AuthService.Configuration(
                settings: settings, store: store, hashing: hashing,
                rootKeys: RootKeys(current: RootKey(random: SystemRandom())),
                signing: .stored(.es256, rotationPeriod: nil))
            configuration.mailer = DiscardingMailer()
            service = try AuthService(configuration)
        } catch {
            throw CommandFailure(.failed, "The system refused memory, threads or descriptors.")
        }
        var http = HTTPConfiguration()
        http.limits.isEnabled = false
        api = AuthAPI(
            service: service, configuration: http, logger: Logger(label: "authd") { _ in SwiftLogNoOpLogHandler() })
        peer = IPAddress("192.0.2.1")
        do throws(StartError) {
            try await service.start()
        } catch {
            throw CommandFailure(.failed, "The service under study could not be started.")
        }
        do {
            for (state, addresses) in addresses {
                for address in addresses { try await Self.make(state, address, in: store, hashing) }
            }
        } catch {
            throw CommandFailure(.failed, "The users under study could not be created.")
        }
    }

    /// Completes deferred work, so that it neither piles up nor slows down the next answer.
    func drain() async {
        await service.completeDeferredWork()
    }

    /// Every public route whose answer must not reveal the state of a user.
    var probes: [TimingStudy.Probe] {
        let signingIn = TimingStudy.Probe(
            name: "POST /auth/login", reference: testCase(.known, signIn),
            others: UserState.allCases.filter { $0 != .known }.map { testCase($0, signIn) } + [
                testCase(.disabled, { await signIn($0, Self.password) }, words: "disabled, right password"),
                unknown(signIn),
            ])
        return [signingIn] + deferring
    }

    /// For the routes with deferred work, the next request, which that work may delay: to be sent
    /// while the service ``run()``s, and without ``drain()``.
    var followUps: [TimingStudy.Probe] { deferring.map(next) }

    private var deferring: [TimingStudy.Probe] {
        [
            probe("POST /auth/password/reset/request", UserState.allCases, requestReset),
            probe("POST /auth/email/verification/resend", UserState.allCases, requestVerification),
            probe("POST /auth/login/mail/request", UserState.allCases) { address in
                await post("/auth/login/mail/request", ["email": .string(address)])
            },
            probe("POST /auth/unlock/request", UserState.allCases) { address in
                await post("/auth/unlock/request", ["email": .string(address)])
            },
            probe("POST /auth/register", [.known, .disabled, .unverified], register),
        ]
    }

    /// Lets the service work as it does in a daemon, until it is cancelled.
    func run() async {
        await service.run()
    }

    /// Signs in from `clients` concurrently, each as its own unknown user, until it is cancelled.
    func load(clients: Int) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<clients {
                group.addTask {
                    let address = Self.newAddress()
                    while !Task.isCancelled { _ = await signIn(address) }
                }
            }
        }
    }

    // MARK: Requests

    private typealias Ask = @Sendable (_ address: String) async -> TimingStudy.Answer

    private func probe(_ name: String, _ states: [UserState], _ ask: @escaping Ask) -> TimingStudy.Probe {
        TimingStudy.Probe(
            name: name, reference: testCase(.known, ask),
            others: states.filter { $0 != .known }.map { testCase($0, ask) } + [unknown(ask)])
    }

    /// Sends `probe` outside the measured time, and then a request that is the same for every state.
    private func next(to probe: TimingStudy.Probe) -> TimingStudy.Probe {
        func following(_ original: TimingStudy.Case) -> TimingStudy.Case {
            TimingStudy.Case(
                state: original.state, address: original.address,
                prepare: { address in _ = await original.ask(address) },
                ask: { _ in
                    await post("/auth/email/verification/confirm", ["token": "not an issued token"])
                })
        }
        return TimingStudy.Probe(
            name: "after \(probe.name)", reference: following(probe.reference),
            others: probe.others.map(following))
    }

    private func testCase(
        _ state: UserState, _ ask: @escaping Ask, words: String? = nil
    ) -> TimingStudy.Case {
        let addresses = addresses[state, default: [Self.newAddress()]]
        return TimingStudy.Case(
            state: words ?? state.words, address: { addresses[$0 % addresses.count] }, ask: ask)
    }

    private func unknown(_ ask: @escaping Ask) -> TimingStudy.Case {
        TimingStudy.Case(state: "unknown", address: { _ in Self.newAddress() }, ask: ask)
    }

    @Sendable private func signIn(_ address: String) async -> TimingStudy.Answer {
        await signIn(address, "not the password of any user.")
    }

    private func signIn(_ address: String, _ password: String) async -> TimingStudy.Answer {
        await post("/auth/login", ["username": .string(address), "password": .string(password)])
    }

    @Sendable private func requestReset(_ address: String) async -> TimingStudy.Answer {
        await post("/auth/password/reset/request", ["email": .string(address)])
    }

    @Sendable private func requestVerification(_ address: String) async -> TimingStudy.Answer {
        await post("/auth/email/verification/resend", ["email": .string(address)])
    }

    @Sendable private func register(_ address: String) async -> TimingStudy.Answer {
        await post("/auth/register", ["email": .string(address), "password": .string("plum tree, old bicycle")])
    }

    private func post(_ path: String, _ body: JSONValue) async -> TimingStudy.Answer {
        var request = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: path)
        request.headerFields[.contentType] = "application/json"
        // Refusals name the request; given the same id, they can be compared whole.
        if let name = HTTPField.Name("x-request-id") { request.headerFields[name] = "timing-study" }
        let (response, answer) = await api.respond(to: request, body: body.serialized, peer: peer)
        return TimingStudy.Answer(
            status: response.status.code, fields: response.headerFields.map(\.name.canonicalName),
            body: Self.withoutHandle(answer))
    }

    /// An answer with the random part of a flow's handle blotted out: its length stays.
    private static func withoutHandle(_ answer: [UInt8]) -> [UInt8] {
        guard let start = answer.firstRange(of: Array("afh_".utf8)) else { return answer }
        let end = answer[start.upperBound...].firstIndex(of: UInt8(ascii: "\"")) ?? answer.endIndex
        var masked = answer
        for index in start.upperBound..<end { masked[index] = UInt8(ascii: "-") }
        return masked
    }

    // MARK: Users

    /// An address that no user has yet; all have the same length, since reading a longer one takes longer.
    private static func newAddress() -> String {
        let letters = SystemRandom().bytes(count: 20).map { Character(Unicode.Scalar(UInt8(ascii: "a") + $0 % 26)) }
        return String(letters) + "@example.test"
    }

    private static let password = "correct horse battery staple"

    /// The states of a user.
    private enum UserState: CaseIterable {
        case known
        case disabled
        case banned
        case unverified
        case passwordless

        var words: String {
            switch self {
            case .known: "known"
            case .disabled: "disabled"
            case .banned: "banned"
            case .unverified: "unverified"
            case .passwordless: "without a password"
            }
        }
    }

    private static func make(
        _ state: UserState, _ address: String, in store: any AuthStore, _ hashing: any PasswordHashing
    ) async throws {
        let random = SystemRandom()
        let now = SystemClock().now
        var user = User(
            id: UserID(UUIDv7(at: now, random: random.bytes(count: 10))),
            username: nil, email: try EmailAddress(address), fullName: nil, createdAt: now)
        user.emailVerifiedAt = state == .unverified ? nil : now
        user.isActive = state != .disabled
        user.bannedUntil = state == .banned ? now + .seconds(365 * 86_400) : nil
        let hash = try await hashing.hash(try Password(password))
        let stored = StoredPasswordHash(text: hash.encoded, cost: hash.cost.label)
        _ = try await store.createUser(
            user, passwordHash: state == .passwordless ? nil : stored, action: .userCreated,
            context: OperationContext(now: now))
    }
}

/// Takes every mail and sends none.
private struct DiscardingMailer: MailSending {
    func send(_ mail: OutgoingMail) async throws(MailError) {}
}
