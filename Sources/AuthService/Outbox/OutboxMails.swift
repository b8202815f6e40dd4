// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Makes the mail of a row at the moment of its delivery: the row has no secret and no words.
struct OutboxMails: Sendable {
    /// What a row comes to when it is looked at.
    enum Composition: Sendable {
        case mail(OutgoingMail)
        /// Sending it would be wrong by now.
        case moot
        /// No mail can be made of it.
        case impossible(OutboxFailure)
    }

    let core: ServiceCore
    let secrets: OneTimeSecrets
    let stamps: OutboxStamps

    /// Makes the mail of a row.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`, from the store.
    func compose(_ row: OutboxRow, at now: Timestamp) async throws(AuthError) -> Composition {
        guard let recipient = row.entry.recipient.flatMap({ try? EmailAddress($0) }) else {
            return .impossible(OutboxFailure("the recipient is not an address", of: .row))
        }
        var user: User?
        if let id = row.entry.userID {
            let found = try await core.inStore { store throws(StoreError) in try await store.user(withID: id) }
            // Deleted since the row was written or read.
            guard let found, found.deletedAt == nil else { return .moot }
            user = found
        }
        let made = try await message(of: row, for: user, at: now)
        switch made {
        case .some(.message(let message, let isNamed)):
            let name = isNamed ? user?.fullName?.text : nil
            return .mail(
                OutgoingMail(
                    recipient: recipient, recipientName: name, language: user?.locale,
                    origin: row.entry.origin, message: message, stamp: stamps.stamp(of: row)))
        case .some(.moot): return .moot
        // A process of a newer version wrote it, and can deliver it.
        case nil: return .impossible(OutboxFailure("this version does not know the mail \(row.entry.kind)"))
        }
    }

    private enum Made: Sendable {
        case message(MailMessage, isNamed: Bool)
        case moot
    }

    /// - Returns: `nil` for a kind that this version does not know.
    private func message(
        of row: OutboxRow, for user: User?, at now: Timestamp
    ) async throws(AuthError) -> Made? {
        if let notice = SecurityNotice(rawValue: row.entry.kind), row.entry.lane == .notice {
            return try await message(of: notice, row)
        }
        switch (row.entry.kind, user) {
        case (let kind, let user?) where Self.purposes[kind] != nil:
            guard let purpose = Self.purposes[kind] else { return nil }
            return try await message(carrying: purpose, row, user, at: now)
        case (MailTemplate.addressAlreadyRegistered.name, _):
            return .message(.addressAlreadyRegistered, isNamed: false)
        case (MailTemplate.usernameTaken.name, _):
            return .message(.usernameTaken, isNamed: false)
        default:
            return nil
        }
    }

    private func message(of notice: SecurityNotice, _ row: OutboxRow) async throws(AuthError) -> Made {
        switch notice {
        case .passwordChanged: return .message(.passwordChanged, isNamed: true)
        case .addressChanged: return .message(.addressChanged, isNamed: true)
        case .refreshReused: return .message(.refreshReused, isNamed: true)
        case .credentialsVoided: return .message(.credentialsVoided, isNamed: true)
        case .identityLinked:
            return .message(.identityLinked(provider: row.entry.details["provider"]), isNamed: true)
        case .administratorActed:
            return .message(.administratorActed(act: row.entry.details["act"]), isNamed: true)
        case .newDevice:
            guard let id = row.entry.userID, await !hasSetPassword(id, before: row.entry.createdAt) else {
                return .moot
            }
            return .message(.newDevice, isNamed: true)
        }
    }

    /// Whether the user had set a password so recently that a sign-in from elsewhere was no surprise.
    private func hasSetPassword(_ id: UserID, before instant: Timestamp) async -> Bool {
        for action in [AuditAction.passwordReset, .passwordChanged] {
            let query = AuditQuery(
                action: action, target: id, wasDone: true, from: instant - NewDevice.quietAfterPassword,
                until: instant + .microseconds(1), limit: 1)
            let events = try? await core.inStore { store throws(StoreError) in
                try await store.auditEvents(matching: query)
            }
            // If it cannot be read, one mail too many is the smaller harm.
            if events?.isEmpty == false { return true }
        }
        return false
    }

    /// The purposes whose tokens are mailed, by the kind of their mail.
    private static let purposes = Dictionary(
        uniqueKeysWithValues: OneTimeTokenPurpose.allCases.filter { $0 != .supabase }
            .map { (MailKind(carrying: $0).rawValue, $0) }
            + SupabaseMailKind.allCases.map { (SupabaseMails.template($0).name, OneTimeTokenPurpose.supabase) })

    private func message(
        carrying purpose: OneTimeTokenPurpose, _ row: OutboxRow, _ user: User, at now: Timestamp
    ) async throws(AuthError) -> Made {
        guard let token = row.entry.token else { return .moot }
        let key = OneTimeTokenKey(userID: user.id, digest: token.digest)
        let stored = try await core.inStore { store throws(StoreError) in try await store.oneTimeToken(key) }
        // Used, voided or expired since, or the address is no longer the user's: nothing is sent that cannot be redeemed.
        guard let stored, stored.refusal(for: purpose, user: user, at: now) == nil,
            let text = secrets.text(of: token, for: purpose, of: user.id)
        else { return .moot }
        let life = Self.lifetime(from: stored.createdAt, until: stored.expiresAt, at: now)
        let code = try await code(beside: token, stored, at: now)
        let message: MailMessage
        switch purpose {
        case .passwordReset: message = .passwordReset(token: text, validFor: life, code: code)
        case .emailVerification: message = .emailVerification(token: text, validFor: life, code: code)
        case .signIn: message = .signIn(token: text, validFor: life, code: code)
        case .unlock: message = .unlock(token: text, validFor: life, code: code)
        case .reauthentication:
            // Without the code there is nothing to do with the mail.
            guard let code else { return .moot }
            message = .reauthentication(code: code)
        case .addressChange: message = .addressChange(token: text, validFor: life, code: code)
        case .addressUndo: message = .addressUndo(token: text, validFor: life, code: code)
        case .invitation:
            message = .invitation(
                token: text, validFor: life, code: code, inviter: row.entry.details["inviter"])
        case .supabase:
            let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(of: key) }
            // Where the API was turned off meanwhile, nothing could be redeemed.
            guard let order = flow?.supabase, let settings = core.settings.supabase,
                let made = SupabaseMails.message(
                    for: order, of: user, token: text, validFor: life, code: code, by: settings)
            else { return .moot }
            return .message(made, isNamed: order.kind != .emailChangeNew)
        }
        // An address that is not proven may be a stranger's, who does not learn the name.
        return .message(message, isNamed: purpose != .addressChange)
    }

    /// The code beside a token; `nil` where it is void or has expired by now, which a link outlives.
    private func code(
        beside token: OutboxToken, _ stored: OneTimeToken, at now: Timestamp
    ) async throws(AuthError) -> MailedCode? {
        let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(of: stored.key) }
        guard let flow, flow.acceptsCode(at: now),
            let text = secrets.code(of: token, for: stored.purpose, of: stored.userID)
        else { return nil }
        return MailedCode(
            text, validFor: Self.lifetime(from: stored.createdAt, until: flow.codeExpiresAt, at: now))
    }

    /// How long a secret lives, as its mail says: from now on, once the mail is a minute late.
    private static func lifetime(from start: Timestamp, until expiry: Timestamp, at now: Timestamp) -> Duration {
        now - start < .seconds(60) ? expiry - start : expiry - now
    }
}
