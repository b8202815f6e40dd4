// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A fresh store and the values that checks store in it: all fixed, so that a failure can be reproduced.
struct StoreUnderTest: Sendable {
    let store: any AuthStore

    /// When checks begin.
    static let start = Timestamp(seconds: 1_800_000_000)

    /// The context `seconds` after the start.
    func context(_ seconds: Int64 = 0, actor: UserID? = nil) -> OperationContext {
        OperationContext(now: Self.start + .seconds(seconds), actor: actor)
    }

    /// The epoch that a raise `seconds` after the start gives, if none came later.
    func epoch(_ seconds: Int64) -> UserEpoch { UserEpoch.first.next(at: context(seconds).now) }

    /// An identifier that belongs to a number; numbers are in order, and so are their identifiers.
    static func uuid(_ number: Int) -> UUIDv7 {
        // The last octets are spread, as random ones are.
        let spread = (UInt64(truncatingIfNeeded: number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        let octets = (0..<8).map { UInt8(truncatingIfNeeded: spread >> (8 * UInt64($0))) }
        return UUIDv7(at: start + .milliseconds(number), random: [0, 0] + octets)
    }

    /// A user who is not stored yet.
    func draft(
        _ name: String, _ number: Int, role: Role = .user, createdAt: Timestamp = start
    ) throws -> User {
        User(
            id: UserID(Self.uuid(number)), username: try Username(name),
            email: try EmailAddress("\(name)@example.test"), role: role, createdAt: createdAt)
    }

    /// The hash that a user's first password has.
    static func hash(_ text: String = "first") -> StoredPasswordHash {
        StoredPasswordHash(text: "$test$cost=1$\(text)", cost: "test cost=1")
    }

    /// Stores a user with a password.
    @discardableResult
    func make(_ name: String, _ number: Int, role: Role = .user, at seconds: Int64 = 0) async throws -> User {
        let user = try draft(name, number, role: role, createdAt: context(seconds).now)
        let outcome = try await store.createUser(
            user, passwordHash: Self.hash(), action: .userRegistered, context: context(seconds))
        try requireEqual(outcome, .created, "making \(name)")
        return user
    }

    /// A session of a user that is not stored yet: it lives for a day, and for an hour when idle.
    func session(_ number: Int, of user: User, at seconds: Int64 = 0) -> Session {
        let now = context(seconds).now
        return Session(
            id: SessionID(Self.uuid(10_000 + number)), userID: user.id, scope: .everything, authenticatedAt: now,
            methods: [.password(at: now)], createdAt: now, notAfter: now + .seconds(86_400),
            idleTimeout: .seconds(3_600), rotation: RefreshState(rotatedAt: now))
    }

    /// Opens a session of a user as currently stored.
    @discardableResult
    func open(_ number: Int, of user: User, at seconds: Int64 = 0) async throws -> Session {
        let session = session(number, of: user, at: seconds)
        let stored = try requireValue(try await store.user(withID: user.id), "the user")
        let outcome = try await store.openSession(session, expecting: stored.epoch, context: context(seconds)).outcome
        guard case .opened = outcome else {
            throw ConformanceFailure(message: "the session was not opened: \(outcome)", location: #fileID)
        }
        return session
    }

    /// Presents a refresh token of a session.
    func refresh(
        _ session: Session, _ counter: Int64, at seconds: Int64, grace: Duration = .seconds(10)
    ) async throws -> RefreshOutcome {
        let presented = RefreshPresentation(
            sessionID: session.id, userID: session.userID, counter: counter, grace: grace)
        return try await store.refresh(presented, context: context(seconds)).outcome
    }

    /// A token of a user that is not stored yet: it lives for an hour.
    func token(
        _ octet: UInt8, _ purpose: OneTimeTokenPurpose, for user: User, at seconds: Int64 = 0
    ) -> OneTimeToken {
        let now = context(seconds).now
        return OneTimeToken(
            digest: [UInt8](repeating: octet, count: 32), purpose: purpose, userID: user.id,
            address: user.email?.canonical ?? "", createdAt: now, expiresAt: now + .seconds(3_600))
    }

    /// Stores a token.
    @discardableResult
    func issue(
        _ octet: UInt8, _ purpose: OneTimeTokenPurpose, for user: User, at seconds: Int64 = 0
    ) async throws -> OneTimeToken {
        let token = token(octet, purpose, for: user, at: seconds)
        try requireEqual(
            try await store.issueToken(token, context: context(seconds)), .issued(expiresAt: token.expiresAt),
            "whether the token was stored")
        return token
    }

    /// What the right code of a flow comes to.
    static func code(_ octet: UInt8) -> [UInt8] { [octet] + [UInt8](repeating: 0xC0, count: 31) }

    /// A flow that is not stored yet; without a token no mail is sent.
    func flow(
        _ octet: UInt8, _ purpose: OneTimeTokenPurpose, of token: OneTimeToken?, shown: CredentialGeneration? = nil,
        at seconds: Int64 = 0
    ) -> MailedFlow {
        let now = context(seconds).now
        return MailedFlow(
            id: FlowID([UInt8](repeating: octet, count: 32)), purpose: purpose, recipient: "Ada@Example.Test",
            token: token?.key, shown: shown, codeDigest: Self.code(octet), codeExpiresAt: now + MailedFlow.codeLifetime,
            expiresAt: token?.expiresAt ?? now + .seconds(3_600), mailedAt: token == nil ? nil : now,
            source: "192.0.2.7", userAgent: "Firefox/1", createdAt: now)
    }

    /// Stores a token with its flow.
    @discardableResult
    func begin(
        _ octet: UInt8, _ purpose: OneTimeTokenPurpose, for user: User, shown: CredentialGeneration? = nil,
        at seconds: Int64 = 0
    ) async throws -> MailedFlow {
        let token = token(octet, purpose, for: user, at: seconds)
        let flow = flow(octet, purpose, of: token, shown: shown, at: seconds)
        let issuance = try await store.issueToken(
            MailedToken(token, flow: flow, mail: nil), under: .unlimited, answering: nil, context: context(seconds))
        try requireEqual(issuance, .issued(expiresAt: token.expiresAt), "whether the token was stored")
        return flow
    }

    /// A flow as stored.
    func stored(_ flow: MailedFlow) async throws -> MailedFlow {
        try requireValue(try await store.mailedFlow(flow.id), "the flow")
    }

    /// A user as stored.
    func stored(_ user: User) async throws -> User {
        try requireValue(try await store.user(withID: user.id), "the user")
    }

    /// The feed's entries after a cursor.
    func feed(after cursor: Int64 = 0) async throws -> [StoreChange.Kind] {
        try await entries().filter { $0.cursor > cursor }.map(\.kind)
    }

    /// All of the feed that is stored.
    func entries() async throws -> [StoreChange] {
        try await store.changeSnapshot(since: Timestamp(microseconds: .min)).changes
    }

    /// The feed's entries behind a place that is still there.
    func continued(after place: FeedPlace, limit: Int = 10_000) async throws -> [StoreChange] {
        switch try await store.changes(after: place, limit: limit) {
        case .continued(let changes): return changes
        case .historyChanged:
            throw ConformanceFailure(message: "the feed does not have the place \(place)", location: #fileID)
        }
    }

    /// The feed's current cursor.
    func cursor() async throws -> Int64 {
        try await entries().last?.cursor ?? 0
    }

    /// The audit log, oldest event first.
    func audit() async throws -> [AuditEvent] {
        try await store.auditEvents(before: nil, limit: 10_000).reversed().map(\.event)
    }

    /// The sessions of a user that neither ended nor expired.
    func liveSessions(of user: User, at seconds: Int64 = 0) async throws -> [SessionID] {
        try await store.sessions(of: user.id, aliveAt: context(seconds).now).map(\.id)
    }
}

extension User {
    /// The complete record of a user, code point by code point; `==` ignores the spelling of names.
    var inFull: [String] {
        [
            "\(id)", "\(username?.original ?? "-") \(username?.canonical ?? "-")",
            "\(email?.original ?? "-") \(email?.canonical ?? "-")", "\(emailVerifiedAt as Any)",
            "\(newEmail?.original ?? "-") \(newEmail?.canonical ?? "-")",
            fullName.map { Array($0.text.utf8).description } ?? "-", role.name, "\(isActive) \(bannedUntil as Any)",
            "\(isAnonymous) \(mustChangePassword) \(epoch) \(credentialGeneration) \(isBound)",
            Array(appMetadata.utf8).description, Array(userMetadata.utf8).description, permissions.description,
            "\(createdAt) \(updatedAt) \(lastLoginAt as Any)", "\(origin as Any) \(locale?.text ?? "-")",
            "\(deletedAt as Any)",
        ]
    }
}
