// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SupabaseService {
    /// Creates an unconfirmed user and mails an invitation, or mails an unconfirmed user another one.
    ///
    /// - Throws: `.validation`, `.emailProviderDisabled`, `.emailExists`, `.notAdmin` for a user with an administrative role, `.service`.
    public func invite(
        email: String?, data: JSONObject?, redirectTo: String?, by admin: SupabaseAdmin, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseProfile {
        let settings = try settings
        guard let text = email.flatMap(Self.nonEmpty) else { throw .validation(SupabaseSentence.missingEmail) }
        let address = try SupabaseContact.address(text)
        guard mail.canSend else { throw .emailProviderDisabled }
        let context = core.context(client, actor: admin.actor)
        let target = try SupabaseReturn(redirectTo: redirectTo, challenge: nil, method: nil)
            .target(by: settings.redirects).text
        let known = try await holder(of: address)
        if let known {
            guard !known.isVerified else { throw .emailExists }
            try await checkProtection(of: known, settings, for: .supabaseMailRequested, context)
        }
        let user: User
        if let known {
            user = known
        } else {
            user = try newUser(address, data, hasPassword: false, at: context.now)
        }
        let mailed = tokens.prepare(
            order(.invite, to: address, of: user, shown: nil, redirectTo: target, challenge: []), context)
        if known == nil {
            try await create(user, nil, mailed, context)
            tokens.policy.noteMail()
        } else {
            _ = try await native(at: .admin) { () async throws(AuthError) in
                try await tokens.issueSupabase(
                    SupabaseMailOrder(mails: [mailed], asking: nil), of: user.id, under: .unlimited, context)
            }
        }
        return try await profile(of: user.id, at: .admin)
    }

    /// Makes a link and its code for the holder of a key, who hands them on; the user is told, and it is audited.
    ///
    /// - Throws: `.validation`, `.weakPassword`, `.emailExists`, `.userNotFound`, `.notAdmin` for a user with an administrative
    ///   role, `.service`.
    public func generateLink(
        _ order: SupabaseLinkOrder, by admin: SupabaseAdmin, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseLink {
        let settings = try settings
        guard let asked = order.type.flatMap({ SupabaseMailKind(octetsOf: $0) }), asked != .reauthentication else {
            throw .validation(SupabaseSentence.badLinkType)
        }
        guard let text = order.email.flatMap(Self.nonEmpty) else { throw .validation(SupabaseSentence.missingEmail) }
        let address = try SupabaseContact.address(text)
        let context = core.context(client, actor: admin.actor)
        let known = try await holder(of: address)
        if let known { try await checkProtection(of: known, settings, for: .supabaseLinkCreated, context) }
        let kind = try Self.kind(asked, for: known, settings)
        let asking = try await newAddress(kind, order, of: known)
        let user: User
        if let known {
            user = known
        } else {
            user = try await newUser(address, order, context)
        }
        let target = try SupabaseReturn(redirectTo: order.redirectTo, challenge: nil, method: nil)
            .target(by: settings.redirects).text
        var token = self.order(
            kind, to: kind == .emailChangeNew ? asking ?? address : address, of: user, shown: nil, redirectTo: target,
            challenge: [])
        token.handover = .returned
        token.counts = false
        guard let made = tokens.prepareReturned(token, context), let sent = token.supabase else {
            throw .service(.internalFailure)
        }
        let isNew = asking.map { $0.canonical.hasSameOctets(as: user.newEmail?.canonical ?? "") } != true
        let mails = SupabaseMailOrder(mails: [made.mailed], asking: isNew ? asking : nil)
        let isIssued = try await native(at: .admin) { () async throws(AuthError) in
            try await tokens.issueSupabase(mails, of: user.id, under: .unlimited, context)
        }
        guard isIssued else { throw .service(.unavailable) }
        try await native(at: .admin) { () async throws(AuthError) in
            try await core.record(.supabaseLinkCreated, target: user.id, in: context)
        }
        try await tell(user.id, address, of: .link, context)
        return SupabaseLink(
            profile: try await profile(of: user.id, at: .admin),
            actionLink: SupabaseMails.link(for: sent, token: made.text, by: settings).revealed,
            code: made.code.revealed, hashedToken: made.text.revealed, verificationType: kind.rawValue,
            redirectTo: target)
    }

    /// The kind of link that is made: a sign-in link for an address without a user confirms a sign-up.
    private static func kind(
        _ asked: SupabaseMailKind, for known: User?, _ settings: SupabaseSettings
    ) throws(SupabaseError) -> SupabaseMailKind {
        switch asked {
        case .signup, .invite:
            guard known?.isVerified != true else { throw .emailExists }
            return asked
        case .magicLink: return known == nil ? .signup : .magicLink
        case .recovery, .emailChangeNew:
            guard known != nil else { throw .userNotFound }
            return asked
        case .emailChangeCurrent:
            guard settings.changesAddressSecurely else { throw .validation(SupabaseSentence.insecureChange) }
            guard known != nil else { throw .userNotFound }
            return asked
        case .reauthentication: throw .validation(SupabaseSentence.badLinkType)
        }
    }

    /// The address that a link of a change gives.
    private func newAddress(
        _ kind: SupabaseMailKind, _ order: SupabaseLinkOrder, of known: User?
    ) async throws(SupabaseError) -> EmailAddress? {
        switch kind {
        case .signup, .invite, .magicLink, .recovery, .reauthentication: return nil
        case .emailChangeCurrent, .emailChangeNew: break
        }
        guard let text = order.newEmail.flatMap(Self.nonEmpty) else {
            throw .validation(SupabaseSentence.missingNewEmail)
        }
        let address = try SupabaseContact.address(text)
        guard try await holder(of: address) == nil else { throw .emailExists }
        return address
    }

    /// A user who is made for a link, with the password that the order has.
    private func newUser(
        _ address: EmailAddress, _ order: SupabaseLinkOrder, _ context: OperationContext
    ) async throws(SupabaseError) -> User {
        let hash = try await hash(
            of: SupabaseDraft(password: order.password), PasswordContext(email: address))
        let user = try newUser(address, order.data, hasPassword: hash != nil, at: context.now)
        try await create(user, hash, nil, context)
        if hash != nil { try await tell(user.id, address, of: .password, context) }
        return user
    }

    private func newUser(
        _ address: EmailAddress, _ data: JSONObject?, hasPassword: Bool, at now: Timestamp
    ) throws(SupabaseError) -> User {
        User(
            id: UserID(core.makeID(at: now)), email: address,
            // A password that an administrator chose is not bound to the address; where there is none, nothing is unbound.
            isBound: !hasPassword, userMetadata: try Self.stored(data), createdAt: now, origin: .administrator)
    }
}
