// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension SupabaseService {
    /// Redeems a mailed code together with its address, or the token of a link alone, and opens a session.
    ///
    /// A good access token of the same user (`token`) counts as a credential that is shown with the proof; a bad one is ignored.
    /// Wrong codes are counted by address, known or not, and by address and source. No code is taken of a user with a second
    /// factor, and the answer is that of a wrong one: before the comparison nothing is told.
    ///
    /// - Throws: `.validation`, `.otpExpired` for everything that is not redeemed, `.userBanned`, `.insufficientLevel` for a
    ///   link, `.service`.
    public func verify(
        type: String?, _ contact: SupabaseContact, token code: String?, tokenHash: String?, hasRedirect: Bool,
        bearing token: String?, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseVerified {
        _ = try settings
        guard let type = type.flatMap({ SupabaseVerification(octetsOf: $0) }) else {
            throw .validation(SupabaseSentence.badType)
        }
        let context = core.context(client)
        let presented: SupabasePresented
        let isByLink: Bool
        switch (code.flatMap(Self.nonEmpty), tokenHash.flatMap(Self.nonEmpty)) {
        case (nil, nil): throw .validation(SupabaseSentence.missingToken)
        case (_?, _?): throw .validation(SupabaseSentence.tokenOrHash)
        case (let typed?, nil):
            // Phones are not served: none has a code.
            if let phone = contact.phone, contact.email == nil {
                guard SupabaseContact.isPhone(phone) else { throw .validation(SupabaseSentence.badPhone) }
                throw .otpExpired(byLink: false)
            }
            let address = try contact.address()
            try await refuseFactors(ofHolder: address, context)
            presented = .code(
                address: address.canonical,
                digests: tokens.secrets.codeDigests(ofTyped: typed, for: .supabase),
                budgets: secrets.codeBudgets(of: address, from: client))
            isByLink = false
        case (nil, let hash?):
            guard contact.isEmpty, !hasRedirect else { throw .validation(SupabaseSentence.hashAlone) }
            let key = try await key(ofHash: hash, context)
            try await refuseFactors(of: key.userID, context)
            presented = .link(key)
            isByLink = true
        }
        let showing = try? await caller(bearing: token)
        let outcome = try await redeem(
            presented, as: type,
            showing: showing.map {
                SupabaseShowing(userID: $0.user.id, generation: $0.user.credentialGeneration)
            },
            opening: .session(session(context)), context)
        switch outcome {
        case .opened(let user, _, let session, evicted: _):
            return .session(try await signedIn(user, session, context))
        case .first: return .first
        case .coded: throw .service(.internalFailure)
        case .limitReached: throw SupabaseError(.sessionLimitReached, at: .other)
        case .refused(let reason): throw Self.answer(to: reason, byLink: isByLink)
        }
    }

    /// What the page of a mailed link says before its button; it changes and writes nothing.
    ///
    /// - Returns: `nil` for a link that is unknown, of another purpose, or no longer kept.
    /// - Throws: `.service`.
    public func view(token: String) async throws(SupabaseError) -> SupabaseLinkView? {
        let settings = try settings
        guard let key = tokens.secrets.key(of: SupabaseMails.token(ofHash: token).text, for: .supabase) else {
            return nil
        }
        let (flow, stored, user) = try await native(at: .other) {
            () async throws(AuthError) -> (MailedFlow?, OneTimeToken?, User?) in
            try await core.inStore { (store) async throws(StoreError) -> (MailedFlow?, OneTimeToken?, User?) in
                (
                    try await store.mailedFlow(of: key), try await store.oneTimeToken(key),
                    try await store.user(withID: key.userID)
                )
            }
        }
        guard let flow, flow.purpose == .supabase, let mail = flow.supabase, mail.kind != .reauthentication, let user
        else { return nil }
        return SupabaseLinkView(
            kind: mail.kind, address: flow.recipient, user: user.username?.original ?? flow.recipient,
            origin: flow.origin, state: OneTimeTokenService.state(of: flow, stored, user, at: core.clock.now),
            target: settings.redirects.admits(mail.redirectTo) ?? settings.redirects.site)
    }

    /// Redeems a mailed link for the browser that opened it, or pressed the button of its page.
    ///
    /// Never throws: what goes wrong leads back with an error, as the contract has it. `byGet` says that the link was opened
    /// without a button: then nothing is bound by it, not even by the exchange that follows.
    ///
    /// - Returns: Where the browser goes.
    public func follow(
        token: String, type: String?, redirectTo: String?, byGet: Bool, from client: ClientContext
    ) async -> String {
        guard let settings = core.settings.supabase else { return "/" }
        let context = core.context(client)
        var target = settings.redirects.site
        if let text = redirectTo.flatMap(Self.nonEmpty) { target = settings.redirects.admits(text) ?? target }
        var isExchange = SupabaseMails.token(ofHash: token).isExchange
        do throws(SupabaseError) {
            guard let type = type.flatMap({ SupabaseVerification(octetsOf: $0) }) else {
                throw .validation(SupabaseSentence.badType)
            }
            let key = try await key(ofHash: token, context)
            let flow = try await native(at: .other) { () async throws(AuthError) in
                try await core.inStore { store throws(StoreError) in try await store.mailedFlow(of: key) }
            }
            if let mail = flow?.supabase {
                isExchange = !mail.challenge.isEmpty
                if redirectTo.flatMap(Self.nonEmpty) == nil {
                    target = settings.redirects.admits(mail.redirectTo) ?? target
                }
            }
            // What an administrator has made can carry no challenge.
            let isByAdmin = flow.map { $0.mailedAt == nil || $0.supabase?.kind == .invite } ?? false
            guard isExchange || isByAdmin || settings.allowsImplicitFlow else {
                throw .validation(SupabaseSentence.implicitDisabled)
            }
            try await refuseFactors(of: key.userID, context)
            let code = SupabaseSecrets.makeCode(random: core.random)
            let outcome = try await redeem(
                .link(key), as: type, showing: nil,
                opening: isExchange ? .code(digest: code.digest, binds: !byGet) : .session(session(context)), context)
            switch outcome {
            case .opened(let user, let mail, let session, evicted: _):
                let answer = try await signedIn(user, session, context)
                return target.adding(fragment: answer.fragment(type: mail.kind.type))
            case .coded: return target.adding(query: [("code", code.text)])
            case .first:
                let message = [("message", Self.firstConfirmation)]
                return isExchange
                    ? target.adding(query: message, fragment: message) : target.adding(fragment: message)
            case .limitReached: throw SupabaseError(.sessionLimitReached, at: .other)
            case .refused(let reason): throw Self.answer(to: reason, byLink: true)
            }
        } catch {
            let parameters = SupabaseRedirectFault(error).parameters
            return isExchange
                ? target.adding(query: parameters, fragment: parameters) : target.adding(fragment: parameters)
        }
    }

    /// What the first of two confirmations of a change of address is answered with.
    public static let firstConfirmation =
        "Confirmation link accepted. Please proceed to confirm link sent to the other email"

    static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// What names the token of a link in the store.
    ///
    /// - Throws: `.otpExpired`, audited, for a text that authd did not make for this API.
    private func key(
        ofHash text: String, _ context: OperationContext
    ) async throws(SupabaseError) -> OneTimeTokenKey {
        if let key = tokens.secrets.key(of: SupabaseMails.token(ofHash: text).text, for: .supabase) { return key }
        _ = try await native(at: .other) { () async throws(AuthError) in
            try await tokens.refusal(.unknown, of: .supabase, nil, context)
        }
        throw .otpExpired(byLink: true)
    }

    /// A session whose user and methods the store gives it.
    func session(_ context: OperationContext) -> Session {
        issuer.newSupabaseSession(of: UserID(core.makeID(at: context.now)), methods: [], context)
    }

    private func redeem(
        _ presented: SupabasePresented, as type: SupabaseVerification, showing: SupabaseShowing?,
        opening: SupabaseOpening, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseRedemptionOutcome {
        let settings = try settings
        let tokens = tokens
        let outcome = try await native(at: .other) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.redeemSupabase(
                    presented, as: type, showing: showing, opening: opening,
                    isSecure: settings.changesAddressSecurely,
                    undo: { tokens.undoOffer(for: $0) }, limit: core.settings.sessionLimit, context: context)
            }
        }
        if outcome == .refused(.wrongCode) {
            try await native(at: .other) { () async throws(AuthError) in
                try await core.record(
                    type == .emailChange ? .addressChanged : .signIn, refusal: OneTimeTokenRefusal.wrongCode.rawValue,
                    in: context)
            }
        }
        return outcome
    }

    /// Refuses the holder of an address who has a second factor, as a wrong code is refused.
    private func refuseFactors(
        ofHolder address: EmailAddress, _ context: OperationContext
    ) async throws(SupabaseError) {
        guard secondFactors != nil else { return }
        let holder = try await native(at: .other) { () async throws(AuthError) in
            try await core.credential(for: .email(address))
        }
        do throws(SupabaseError) {
            try await refuseFactors(of: holder?.user.id, context)
        } catch {
            throw error == .insufficientLevel ? .otpExpired(byLink: false) : error
        }
    }

    /// The tokens of a session that a proof of the mailbox has opened.
    func signedIn(
        _ user: User, _ session: Session, _ context: OperationContext
    ) async throws(SupabaseError) -> SupabaseSession {
        await newDevices.noteSignIn(of: user, isKnownDevice: false, context)
        return try await answer(with: session, at: .other, context)
    }

    private static func answer(to reason: OneTimeTokenRefusal, byLink: Bool) -> SupabaseError {
        switch reason {
        case .userDisabled: .userBanned
        case .unknown, .expired, .wrongPurpose, .addressChanged, .wrongCode, .addressTaken: .otpExpired(byLink: byLink)
        }
    }
}

extension SupabaseSession {
    /// What the implicit flow carries in the fragment.
    func fragment(type: String?) -> [(String, String)] {
        var parameters = [
            ("access_token", accessToken), ("expires_at", "\(expiresAt.seconds)"),
            ("expires_in", "\(expiresIn.components.seconds)"), ("refresh_token", refreshToken),
            ("token_type", "bearer"),
        ]
        if let type { parameters.append(("type", type)) }
        // By it, newer clients know that the fragment is meant for them.
        parameters.append(("sb", ""))
        return parameters
    }
}
