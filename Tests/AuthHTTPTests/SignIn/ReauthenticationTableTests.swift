// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP
@testable import AuthService

/// Every route that writes for a user, and what it demands of each kind of user beside the token.
@Suite("Routes that need a proof of who the user is") struct ReauthenticationTableTests {
    /// The kinds of user that there are; each has a session whose sign-in is no longer recent.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case password
        case mailOnly = "mail only"
        case neither
        case anonymous = "no token"
        var testDescription: String { rawValue }
    }

    /// A request that a demand is about.
    struct Sample {
        let target: String
        let body: String?
    }

    /// Routes that write for a user, and need no proof: what they do takes no way in, and gives no lasting one.
    static let exempt: [String: String] = [
        "reauthenticationOptions": "reads", "requestReauthentication": "begins a proof",
        "reauthenticate": "is the proof",
        "requestEmailVerification": "mails the owner of the address",
        "linkIdentity": "takes a code that a proof has begun",
        "cancelAddressChange": "keeps the address that the user has",
        "createUser": "administration", "deleteUser": "administration", "setRole": "administration",
        "setUserPermissions": "administration", "endUserSession": "administration", "endUserSessions": "administration",
        "createInvitation": "administration", "revokeInvitation": "administration",
        "resendInvitation": "administration",
        "putRole": "administration", "deleteRole": "administration",
        "probeWriteItem": "a probe", "probeDeleteItem": "a probe",
    ]

    /// For each route with a demand, the requests that it is about; `user` and `session` are those of the caller's, the session
    /// another one.
    static func samples(_ operation: String, user: String, session: String) -> [Sample]? {
        let address = #"{"email":"lovelace@example.test"}"#
        return switch operation {
        case "setPassword": [Sample(target: "/auth/password/set", body: #"{"new_password":"a new way to sign in"}"#)]
        case "changePassword":
            [
                Sample(
                    target: "/auth/password/change",
                    body: #"{"current_password":"not the current one","new_password":"a new way to sign in"}"#)
            ]
        case "finalizeAddressChange": [Sample(target: "/auth/email/change/final", body: nil)]
        case "replaceOwnProfile", "updateOwnProfile": [Sample(target: "/users/me", body: address)]
        case "updateUser": [Sample(target: "/users/\(user)", body: address)]
        case "logout": ["others", "all"].map { Sample(target: "/auth/logout?sessions=\($0)", body: nil) }
        case "endSession": [Sample(target: "/auth/sessions/\(session)", body: nil)]
        case "startLinkingIdentity":
            [
                Sample(
                    target: "/auth/identities/google/start",
                    body: #"{"code_challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}"#)
            ]
        case "unlinkIdentity": [Sample(target: "/auth/identities/\(session)", body: nil)]
        default: nil
        }
    }

    static func endpoints() -> [Endpoint] {
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        return EndpointTable(describing: configuration).endpoints
    }

    @Test("every route that writes for a user declares what it demands, or is named as one that needs nothing")
    func declarations() throws {
        let writing = Self.endpoints().filter {
            $0.access != .anyone && $0.access != .service && $0.method != .get && !$0.answersAnyMethod
        }
        let undeclared = Set(writing.filter { $0.proof == .none }.map(\.operationID))

        #expect(undeclared == Set(Self.exempt.keys))
        for endpoint in writing where endpoint.proof != .none {
            #expect(
                Self.samples(endpoint.operationID, user: "", session: "") != nil,
                "no request for \(endpoint.operationID)")
        }
        #expect(Self.endpoints().allSatisfy { $0.proof == .none || $0.access != .anyone })
    }

    @Test("a token alone opens none of them, for any kind of user", arguments: Kind.allCases)
    func tokenAlone(_ kind: Kind) async throws {
        for endpoint in Self.endpoints() where endpoint.proof != .none {
            let (fixture, caller) = try await makeFixture(kind)
            for sample in try samples(of: endpoint, caller) {
                let seen = await fixture.send(
                    try #require(HTTPRequest.Method(endpoint.method.rawValue)), sample.target, sample.body,
                    token: caller.token)
                let expected =
                    switch (kind, endpoint.proof) {
                    case (.anonymous, _): "unauthenticated"
                    case (_, .password): "wrong_password"
                    case (_, .recent), (_, .ofSomeRequests), (_, .none): "reauthentication_required"
                    }
                #expect(seen.code == expected, "\(endpoint.operationID) \(sample.target)")
            }
            guard let id = caller.id else { continue }
            let user = try await fixture.service.users.user(withID: id)
            #expect(user.email?.canonical == "ada@example.test", "\(endpoint.operationID)")
            #expect(try await fixture.authority.store.sessions(of: id, aliveAt: fixture.authority.clock.now).count == 2)
        }
    }

    @Test("after a proof they are open, with the new token", arguments: [Kind.password, .mailOnly])
    func afterProof(_ kind: Kind) async throws {
        for endpoint in Self.endpoints() where endpoint.proof == .recent || endpoint.proof == .ofSomeRequests {
            for number in try samples(of: endpoint, Caller(token: nil, id: nil, other: nil)).indices {
                let (fixture, caller) = try await makeFixture(kind)
                let sample = try samples(of: endpoint, caller)[number]
                let token = try await prove(kind, fixture, try #require(caller.token))
                let seen = await fixture.send(
                    try #require(HTTPRequest.Method(endpoint.method.rawValue)), sample.target, sample.body, token: token
                )
                switch (kind, endpoint.operationID) {
                case (.password, "setPassword"):
                    #expect(seen.code == "password_already_set")
                // No provider is configured, and the user has no identity.
                case (_, "startLinkingIdentity"), (_, "unlinkIdentity"):
                    #expect(seen.code == "not_found", "\(endpoint.operationID)")
                // The address of a user who has a password needs the password itself.
                case (.password, "replaceOwnProfile"), (.password, "updateOwnProfile"), (.password, "updateUser"):
                    #expect(seen.code == "reauthentication_required", "\(endpoint.operationID)")
                default:
                    #expect(seen.status < 300, "\(endpoint.operationID) \(sample.target): \(seen.text)")
                }
            }
        }
    }

    @Test("a user with neither password nor verified address is told so, and gets no proof")
    func neither() async throws {
        let (fixture, caller) = try await makeFixture(.neither)
        let token = try #require(caller.token)

        let options = await fixture.send(.post, "/auth/reauthenticate/options", token: token)
        #expect(options.json?["methods"]?.arrayValue?.isEmpty == true)
        #expect(
            await fixture.send(.post, "/auth/reauthenticate/mail", token: token).code == "no_reauthentication_method")
        let password = #"{"password":"\#(TestAuthority.password)"}"#
        #expect(
            await fixture.send(.post, "/auth/reauthenticate", password, token: token).code
                == "no_reauthentication_method")
        let code = #"{"handle":"afh_x","code":"K7QF-2MXD"}"#
        #expect(await fixture.send(.post, "/auth/reauthenticate", code, token: token).code == "bad_token")
    }

    @Test("a user without a password is not waved through with one, and is asked for another method")
    func noPassword() async throws {
        let (fixture, caller) = try await makeFixture(.mailOnly)
        let token = try #require(caller.token)

        let options = await fixture.send(.post, "/auth/reauthenticate/options", token: token)
        #expect(options.json?["methods"]?.arrayValue == ["mail"])
        for password in ["", "x", TestAuthority.password] {
            let seen = await fixture.send(
                .post, "/auth/reauthenticate", #"{"password":"\#(password)"}"#, token: token)
            #expect(
                seen.code == "reauthentication_unavailable" || seen.code == "validation_failed", "\(password)")
            let changed = await fixture.send(
                .patch, "/users/me", #"{"email":"x@example.test","current_password":"\#(password)"}"#, token: token)
            #expect(
                changed.code == "reauthentication_required" || changed.code == "validation_failed", "\(password)")
        }
    }

    // MARK: Callers

    struct Caller {
        let token: String?
        let id: UserID?
        /// Another session of the same user.
        let other: SessionID?
    }

    private func samples(of endpoint: Endpoint, _ caller: Caller) throws -> [Sample] {
        try #require(
            Self.samples(
                endpoint.operationID, user: caller.id?.description ?? "me",
                session: caller.other?.description ?? "0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d"))
    }

    /// A service with a user of a kind, who has two sessions and signed in sixteen minutes ago.
    private func makeFixture(_ kind: Kind) async throws -> (APIFixture, Caller) {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        guard kind != .anonymous else { return (fixture, Caller(token: nil, id: nil, other: nil)) }
        let authority = fixture.authority
        let user = User(
            id: UserID(authority.service.core.makeID(at: authority.clock.now)), username: try Username("ada"),
            email: try EmailAddress("ada@example.test"), createdAt: authority.clock.now)
        let pairs: [TokenPair]
        switch kind {
        case .password:
            pairs = [try await authority.signIn(as: "ada"), try await authority.signIn(as: "ada")]
        case .mailOnly, .neither, .anonymous:
            var stored = user
            if kind == .mailOnly { stored.emailVerifiedAt = authority.clock.now }
            let context = authority.service.core.context(ClientContext())
            _ = try await authority.store.createUser(
                stored, passwordHash: nil, action: .userCreated, context: context)
            pairs = [try await open(stored, authority), try await open(stored, authority)]
        }
        authority.clock.advance(by: .seconds(16 * 60))
        return (
            fixture, Caller(token: pairs[0].accessToken, id: pairs[0].user.id, other: pairs[1].sessionID)
        )
    }

    private func open(_ user: User, _ authority: TestAuthority) async throws -> TokenPair {
        let service = authority.service
        let context = service.core.context(ClientContext())
        let session = service.signIn.issuer.newSession(
            of: user.id, nil, methods: [.mailedCode(at: context.now)], context)
        let pair = try await service.signIn.issuer.open(session, epoch: user.epoch, replacing: nil, context)
        return try #require(pair)
    }

    /// Proves who the user is in the way that the kind has; returns the new access token.
    private func prove(_ kind: Kind, _ fixture: APIFixture, _ token: String) async throws -> String {
        var body = #"{"password":"\#(TestAuthority.password)"}"#
        if kind == .mailOnly {
            let started = await fixture.send(.post, "/auth/reauthenticate/mail", token: token)
            let handle = try #require(started.text("handle"), "\(started.text)")
            await fixture.service.completeDeferredWork()
            let mails = fixture.authority.mailer.messages(to: try EmailAddress("ada@example.test"))
            let mail = try #require(mails.last)
            #expect(mail.template == .reauthentication && mail.oneTimeToken == nil)
            let code = try #require(mail.code?.text.revealed)
            body = #"{"handle":"\#(handle)","code":"\#(code)"}"#
        }
        let seen = await fixture.send(.post, "/auth/reauthenticate", body, token: token)
        #expect(seen.status == 200, "\(seen.text)")
        return try #require(seen.text("access_token"))
    }
}
