// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A registration that waits to be looked up, as the details of a request for a mail; the address is the request's.
///
/// It holds the password's hash, as the user's row will; both go with the request.
struct StoredRegistration: Sendable {
    let user: User
    let hash: StoredPasswordHash

    init(_ user: User, _ hash: StoredPasswordHash) {
        self.user = user
        self.hash = hash
    }

    /// The registration in a request's details; `nil` where they are of a version that this one cannot read.
    init?(_ request: MailRequest, address: EmailAddress) {
        let details = request.details
        guard let id = details["user_id"].flatMap({ UUIDv7($0) }), let text = details["password_hash"],
            let cost = details["password_cost"]
        else { return nil }
        user = User(
            id: UserID(id), username: details["username"].flatMap { try? Username($0) }, email: address,
            fullName: details["full_name"].flatMap { try? FullName($0) }, createdAt: request.createdAt,
            origin: .registered, locale: details["locale"].flatMap { LanguageTag($0) })
        hash = StoredPasswordHash(text: text, cost: cost)
    }

    var details: [String: String] {  // own text
        var details = ["user_id": "\(user.id)", "password_hash": hash.text, "password_cost": hash.cost]
        details["username"] = user.username?.original
        details["full_name"] = user.fullName?.text
        details["locale"] = user.locale?.text
        return details
    }
}

extension MailRequestAnswers {
    /// Creates the user of a private registration and mails a verification, or mails that an identifier is taken.
    ///
    /// The user is created first and the request answered then: where the process ends in between, the request is answered again,
    /// and finds the user.
    func answerRegistration(_ question: Question) async throws(AuthError) {
        let (address, context) = (question.address, question.context)
        guard let stored = StoredRegistration(question.request, address: address) else { throw .internalFailure }
        if let taken = try await create(stored, question.attempts, context) {
            return try await answer(question, taken: taken, of: stored.user)
        }
        core.outbox.signals.wakeAll()
        guard try await tokens.policy.admits(.stranger, isFirstOfDay: true, at: context.now) else {
            return try await end(
                question, .emailVerificationRequested,
                refusal: OneTimeTokenIssuance.Refusal.mailLimitReached.rawValue, target: stored.user.id)
        }
        let order = OneTimeTokenIssuer.Order(
            purpose: .emailVerification, userID: stored.user.id, address: address, flow: question.request.flow,
            shown: stored.user.credentialGeneration, typed: question.request.address,
            askedAt: question.request.createdAt)
        _ = try await tokens.issue(order, under: MailTerms(.stranger, rule: nil), answering: question.claim, context)
    }

    /// Creates the user, unless an earlier attempt has; returns what kind of identifier is taken.
    private func create(
        _ stored: StoredRegistration, _ attempts: Int64, _ context: OperationContext
    ) async throws(AuthError) -> IdentifierKind? {
        if attempts > 1 {
            let made = try await core.inStore { store throws(StoreError) in
                try await store.user(withID: stored.user.id)
            }
            guard made == nil else { return nil }
        }
        let creation = try await core.inStore { store throws(StoreError) in
            try await store.createUser(
                stored.user, passwordHash: stored.hash, verification: nil, action: .userRegistered, context: context)
        }
        switch creation {
        case .created: return nil
        case .taken(let kind): return kind
        }
    }

    private func answer(_ question: Question, taken kind: IdentifierKind, of user: User) async throws(AuthError) {
        let refusal = "\(kind.rawValue)_taken"
        guard try await takesNotice(to: question.address, at: question.context.now) else {
            return try await end(question, .userRegistered, refusal: refusal)
        }
        let template: MailTemplate = kind == .email ? .addressAlreadyRegistered : .usernameTaken
        let notice = OutboxEntry(
            .mail, kind: template.name, about: nil, to: question.address.original, in: question.context)
        try await end(question, .userRegistered, refusal: refusal, mail: notice)
    }

    /// Takes a mail that tells of a registration out of the budgets: a stranger cannot fill a mailbox with them.
    ///
    /// The address may have no user, so that its budget is a bucket of its own in the store.
    func takesNotice(to address: EmailAddress, at now: Timestamp) async throws(AuthError) -> Bool {
        guard let rule = core.settings.mailBudget,
            try await tokens.policy.admits(.stranger, isFirstOfDay: true, at: now)
        else { return core.settings.mailBudget == nil }
        let daily = rule.daily
        let use = SourceUse(
            key: tokens.secrets.noticeBucket(of: address),
            use: BucketUse(rule: daily, count: 1, from: now, until: now + daily.interval))
        let after = try await core.inStore { store throws(StoreError) in try await store.settle([use], at: now) }
        guard let fullAt = after.first?.fullAt else { return false }
        return fullAt - now <= daily.interval * daily.capacity
    }
}

extension OneTimeSecrets {
    /// Names the bucket of mails about registrations to an address.
    func noticeBucket(of address: EmailAddress) -> [UInt8] {
        keys.authenticationCode(for: Self.label("registration notices") + Array(address.canonical.utf8))
    }
}
