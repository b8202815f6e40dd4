// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Mails, codes and keys of Supabase's API, for the checks of X1 to X14.
extension StoreUnderTest {
    /// What a client keeps the verifier of.
    static let challenge = [UInt8](repeating: 0xC7, count: 32)

    /// A mail to a user that is not stored yet; its link lives for an hour and its code for ten minutes.
    func mail(
        _ octet: UInt8, _ kind: SupabaseMailKind, to user: User, address: String? = nil,
        shown: CredentialGeneration? = nil, challenge: [UInt8] = [], at seconds: Int64 = 0
    ) -> MailedToken {
        let now = context(seconds).now
        let address = address ?? user.email?.canonical ?? ""
        let token = OneTimeToken(
            digest: [UInt8](repeating: octet, count: 32), purpose: .supabase, userID: user.id, address: address,
            createdAt: now, expiresAt: now + .seconds(3_600))
        let flow = MailedFlow(
            id: FlowID([UInt8](repeating: octet, count: 32)), purpose: .supabase, recipient: address,
            token: token.key, shown: shown, codeDigest: Self.code(octet), codeExpiresAt: now + .seconds(600),
            expiresAt: token.expiresAt, mailedAt: now, source: "192.0.2.7", userAgent: "Firefox/1", createdAt: now,
            supabase: SupabaseMail(
                kind, address: address, redirectTo: "https://app.example.test/", challenge: challenge))
        return MailedToken(token, flow: flow, mail: nil)
    }

    /// Stores mails together.
    func order(
        _ mails: [MailedToken], asking: String? = nil, under terms: MailTerms = .unlimited,
        answering claim: MailRequestClaim? = nil, at seconds: Int64 = 0
    ) async throws -> OneTimeTokenIssuance? {
        try await store.issueSupabaseMail(
            SupabaseMailOrder(mails: mails, asking: try asking.map { try EmailAddress($0) }), under: terms,
            answering: claim, context: context(seconds)
        ).outcome
    }

    /// Stores a mail.
    @discardableResult
    func send(
        _ octet: UInt8, _ kind: SupabaseMailKind, to user: User, shown: CredentialGeneration? = nil,
        challenge: [UInt8] = [], at seconds: Int64 = 0
    ) async throws -> OneTimeTokenKey {
        let mail = mail(octet, kind, to: user, shown: shown, challenge: challenge, at: seconds)
        try requireEqual(
            try await order([mail], at: seconds), .issued(expiresAt: mail.token.expiresAt),
            "whether mail \(octet) was sent")
        return mail.token.key
    }

    /// Stores the mails of a change of address: to the new address by the number, and to the present one by the next.
    func askBySupabase(
        _ user: User, for address: String, _ octet: UInt8, at seconds: Int64 = 0
    ) async throws -> (new: OneTimeTokenKey, current: OneTimeTokenKey) {
        let new = mail(
            octet, .emailChangeNew, to: user, address: try EmailAddress(address).canonical,
            shown: user.credentialGeneration, at: seconds)
        let current = mail(
            octet + 1, .emailChangeCurrent, to: user, shown: user.credentialGeneration, at: seconds)
        try requireEqual(
            try await order([new, current], asking: address, at: seconds),
            .issued(expiresAt: new.token.expiresAt), "whether the mails were sent")
        return (new.token.key, current.token.key)
    }

    /// Redeems a mail; the session that is opened has the number, and what undoes a change of address, too.
    func redeem(
        _ proof: SupabasePresented, as type: SupabaseVerification, _ number: Int, showing: SupabaseShowing? = nil,
        code: (digest: [UInt8], binds: Bool)? = nil, isSecure: Bool = true, limit: SessionLimit? = nil,
        at seconds: Int64 = 1
    ) async throws -> SupabaseRedemptionOutcome {
        let holder = User(id: UserID(Self.uuid(0)), createdAt: context().now)
        let opening = code.map { SupabaseOpening.code(digest: $0.digest, binds: $0.binds) }
        return try await store.redeemSupabase(
            proof, as: type, showing: showing,
            opening: opening ?? .session(session(number, of: holder, at: seconds)), isSecure: isSecure,
            undo: { _ in Self.undo(UInt8(truncatingIfNeeded: number)) }, limit: limit, context: context(seconds)
        ).outcome
    }

    /// Types the code of a mail.
    func type(
        _ octet: UInt8, for address: String, as type: SupabaseVerification, _ number: Int,
        budgets: [SupabaseBudget] = [], at seconds: Int64 = 1
    ) async throws -> SupabaseRedemptionOutcome {
        try await redeem(
            .code(address: address, digests: [Self.code(octet)], budgets: budgets), as: type, number, at: seconds)
    }

    /// The user and the session of an outcome that opened one.
    func opened(_ outcome: SupabaseRedemptionOutcome) throws -> (user: User, session: Session) {
        guard case .opened(let user, _, let session, _) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        return (user, session)
    }

    /// Exchanges a code; the session that is opened has the number.
    func exchange(
        _ digest: [UInt8], _ number: Int, verifier: [UInt8] = StoreUnderTest.challenge, limit: SessionLimit? = nil,
        at seconds: Int64 = 2
    ) async throws -> SupabaseExchangeOutcome {
        let holder = User(id: UserID(Self.uuid(0)), createdAt: context().now)
        return try await store.exchangeSupabaseCode(
            digest, verifierDigest: verifier, session: session(number, of: holder, at: seconds), limit: limit,
            context: context(seconds)
        ).outcome
    }

    /// The user and the session of an outcome that opened one.
    func opened(_ outcome: SupabaseExchangeOutcome) throws -> (user: User, session: Session) {
        guard case .opened(let user, let session, _) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        return (user, session)
    }

    /// A budget that is named by a number.
    static func budget(_ octet: UInt8, perHour: Int = 2, perDay: Int = 4) -> SupabaseBudget {
        SupabaseBudget(
            key: [UInt8](repeating: octet, count: 32), rule: MailBudget.Rule(perHour: perHour, perDay: perDay))
    }

    /// A user with a password and an address that is not proven.
    func makeUnbound(_ name: String, _ number: Int) async throws -> User {
        try await make(name, number)
    }

    /// A guest, with a session of the same number.
    func makeGuest(_ number: Int, at seconds: Int64 = 0) async throws -> (user: User, session: Session) {
        let user = User(
            id: UserID(Self.uuid(number)), role: .guest, isAnonymous: true, createdAt: context(seconds).now,
            origin: .anonymous)
        let session = session(number, of: user, at: seconds)
        _ = try await store.signUpAnonymously(user, session: session, context: context(seconds))
        return (user, session)
    }

    /// The actions of the audit log whose events tell of a refusal, or that something was done.
    func audited(_ refusal: String?) async throws -> [AuditAction] {
        try await audit().filter { $0.refusal == refusal }.map(\.action)
    }
}
