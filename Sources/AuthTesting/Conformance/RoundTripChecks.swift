// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A5: every value is stored unchanged, at the ends of its range too.
enum RoundTripChecks {
    static let all: [StoreCheck] = [
        StoreCheck("A5", "users are stored unchanged", on: users),
        StoreCheck("A5", "sessions are stored unchanged", on: sessions),
        StoreCheck("A5", "one-time tokens are stored unchanged", on: tokens),
        StoreCheck("A5", "roles are stored unchanged", on: roles),
        StoreCheck("A5", "signing keys are stored unchanged", on: keys),
        StoreCheck("A5", "audit events are stored unchanged", on: auditEvents),
    ]

    private static let earliest = Timestamp(microseconds: .min)
    private static let latest = Timestamp(microseconds: .max)

    private static func users(_ test: StoreUnderTest) async throws {
        let longName = String(repeating: "𝔸", count: 255)
        let longJSON = #"{"k":""# + String(repeating: "é👩🏽‍🚀", count: 2_000) + #""}"#
        let users = [
            User(
                id: UserID(UUIDv7(high: 0, low: 0)), isAnonymous: true, appMetadata: "", userMetadata: "",
                createdAt: Timestamp(microseconds: 0)),
            User(
                id: UserID(UUIDv7(high: .max, low: .max)), username: try Username("Ada.Lovelace_1815"),
                email: try EmailAddress("Ada.Lovelace+tag@Example.TEST"), emailVerifiedAt: latest,
                newEmail: try EmailAddress("Gräfin.Lovelace@Bücher.Example"), deletedAt: latest,
                fullName: try FullName(longName), role: .admin,
                permissions: Scope((0..<50).compactMap { Permission("p\($0):w") }), isActive: false,
                bannedUntil: earliest,
                isAnonymous: true, mustChangePassword: true, epoch: UserEpoch(.max), appMetadata: longJSON,
                userMetadata: #"{"q":"'; DROP TABLE users; --","b":"\\"}"#, createdAt: earliest, updatedAt: latest,
                lastLoginAt: Timestamp(microseconds: -1), origin: .registered, locale: LanguageTag("zh-Hant-TW")),
            User(
                id: UserID(StoreUnderTest.uuid(3)), username: try Username(String(repeating: "z", count: 50)),
                email: try EmailAddress("jürgen@bücher.example"), fullName: try FullName("Zoë 😀 O’Neil"),
                bannedUntil: latest, createdAt: Timestamp(microseconds: 1_234_567_890_123_457),
                origin: .administrator),
        ]
        for user in users {
            let outcome = try await test.store.createUser(
                user, passwordHash: nil, action: .userCreated, context: test.context())
            try requireEqual(outcome, .created)
        }
        for user in users {
            let stored = try requireValue(try await test.store.credential(of: user.id))
            try requireEqual(stored.user.inFull, user.inFull, "the user")
            try requireEqual(stored.passwordHash, nil, "the hash")
        }
        let listed = try await test.store.users(matching: UserQuery(limit: 100)).users
        func inOrder(_ users: [User]) -> [[String]] { users.map(\.inFull).sorted { $0[0] < $1[0] } }
        try requireEqual(inOrder(listed), inOrder(users), "the list")
    }

    private static func roles(_ test: StoreUnderTest) async throws {
        let definitions = [
            try RoleDefinition("a", permissions: .none),
            try RoleDefinition(
                Role(String(repeating: "z", count: 50)) ?? .guest,
                description: try RoleDescription("Übt; \"DROP TABLE roles\" 👩🏽‍🚀 " + String(repeating: "𝔸", count: 200)),
                permissions: Scope((0..<50).compactMap { Permission("p\($0):write") })),
        ]
        for definition in definitions {
            _ = try await test.store.changeRoles(
                by: .define(definition), under: RoleRules(), context: test.context()
            ).outcome
        }
        let stored = try await test.store.roles()
        try requireEqual(stored.map(\.role), definitions.map(\.role), "the names")
        try requireEqual(stored.map(\.description), definitions.map(\.description), "the descriptions")
        try requireEqual(stored.map(\.permissions), definitions.map(\.permissions), "the permissions")
        try requireEqual(stored.map(\.updatedAt), [test.context().now, test.context().now], "the times")
    }

    private static func sessions(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let everyScope = Scope((0..<50).compactMap { Permission("p\($0):\(String(repeating: "x", count: 90))") })
        let sessions = [
            Session(
                id: SessionID(UUIDv7(high: 0, low: 1)), userID: ada.id, scope: .none,
                authenticatedAt: earliest, methods: [], assuranceLevel: .min, clientID: "", profile: "",
                source: "", userAgent: "", createdAt: earliest, notAfter: earliest, idleTimeout: .zero,
                rotation: RefreshState(rotatedAt: earliest)),
            Session(
                id: SessionID(UUIDv7(high: .max, low: .max)), userID: ada.id, scope: everyScope,
                authenticatedAt: latest,
                methods: [
                    .password(at: earliest), AuthenticationMethod(name: "ö\"\\ ,@", at: latest),
                    AuthenticationMethod(name: "", at: Timestamp(microseconds: -1)),
                ],
                assuranceLevel: .max, clientID: "client '\u{1F600}'", profile: "oauth",
                organizationID: OrganizationID(StoreUnderTest.uuid(9)), source: "2001:db8::1",
                userAgent: String(repeating: "ü", count: 1_000), createdAt: latest, notAfter: latest,
                idleTimeout: .microseconds(Int64.max),
                rotation: RefreshState(
                    counter: .max, rotatedAt: latest, lateReplays: .max, rotationsSinceReplay: .max),
                ended: Session.Ended(at: Timestamp(microseconds: -1), reason: .passwordChanged)),
        ]
        for session in sessions {
            _ = try await test.store.openSession(session, expecting: .first, context: test.context()).outcome
            try requireEqual(try await test.store.session(session.id, of: session.userID), session, "the session")
        }
    }

    private static func tokens(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.askForOwnAddress(ada)
        for (number, purpose) in OneTimeTokenPurpose.allCases.enumerated() {
            let token = OneTimeToken(
                digest: [0, 255] + [UInt8](repeating: UInt8(number), count: 30), purpose: purpose, userID: ada.id,
                address: "ada@example.test", createdAt: earliest, expiresAt: latest)
            _ = try await test.store.issueToken(token, context: test.context())
            try requireEqual(try await test.store.oneTimeToken(token.key), token, "the token")
        }
    }

    private static func keys(_ test: StoreUnderTest) async throws {
        let keys = SigningKeyState.allCases.enumerated().map { number, state in
            StoredSigningKey(
                id: "key-\(number)-é", algorithm: "ES256", state: state,
                sealedPrivateKey: (0...255).map { UInt8($0) }, publicJWK: #"{"kty":"EC","x":"\u0000"}"#,
                createdAt: Timestamp(microseconds: Int64(number) - 2),
                stateChangedAt: number == 0 ? earliest : latest)
        }
        let written = try await test.store.updateSigningKeys(context: test.context()) { _ in
            SigningKeyUpdate(put: keys.reversed())
        }.outcome
        try requireEqual(written, keys, "the keys that were answered")
        try requireEqual(try await test.store.signingKeys(), keys, "the keys")
        let check = [UInt8](0...255)
        try requireEqual(try await test.store.rootKeyCheck(orStore: check), check, "the check value")
    }

    private static func auditEvents(_ test: StoreUnderTest) async throws {
        let everything = OperationContext(
            now: latest, actor: UserID(UUIDv7(high: .max, low: 0)), source: "", userAgent: "\u{1F600}\u{301}",
            requestID: "r")
        let nothing = OperationContext(now: earliest)
        let events =
            AuditAction.allCases.map { AuditEvent($0, in: nothing) }
            + [
                AuditEvent(
                    at: latest, action: .signIn, refusal: "counted", actor: nil, target: nil, sessionID: nil,
                    source: "2001:db8::/48", userAgent: nil, requestID: nil, count: .max),
                AuditEvent(
                    .signIn, refusal: "why '%s'", target: UserID(StoreUnderTest.uuid(1)),
                    sessionID: SessionID(StoreUnderTest.uuid(2)), in: everything),
            ]
        try await test.store.record(events)
        try await test.store.record([])
        try requireEqual(try await test.audit(), events, "the audit log")

        let last = try await test.store.auditEvents(before: nil, limit: 2)
        try requireEqual(last.map(\.event), Array(events.suffix(2).reversed()), "the last events")
        let cursor = try requireValue(last.last).cursor
        let earlier = try await test.store.auditEvents(before: cursor, limit: 10_000)
        try requireEqual(earlier.map(\.event), events.dropLast(2).reversed(), "the events before")
    }
}
