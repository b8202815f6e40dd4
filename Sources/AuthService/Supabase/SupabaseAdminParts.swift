// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// The parts of what holders of keys do.
extension SupabaseService {
    /// What an administrator has done that the user is told of.
    enum KeyAction: String {
        case password
        case link
    }

    /// Creates a user, with a mail where there is one.
    ///
    /// - Throws: `.emailExists`, `.service`.
    func create(
        _ user: User, _ hash: StoredPasswordHash?, _ mailed: MailedToken?, _ context: OperationContext
    ) async throws(SupabaseError) {
        let creation = try await native(at: .admin) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in
                try await store.createUser(
                    user, passwordHash: hash, verification: mailed, action: .userCreated, context: context)
            }
        }
        guard case .created = creation else { throw .emailExists }
        core.outbox.signals.wakeAll()
    }

    /// Tells a user what an administrator has done, at an address.
    func tell(
        _ id: UserID, _ address: EmailAddress, of action: KeyAction, _ context: OperationContext
    ) async throws(SupabaseError) {
        guard mail.canSend else { return }
        let notice = OutboxEntry(
            .notice, kind: SecurityNotice.administratorActed.rawValue, about: id, to: address.original,
            details: ["act": action.rawValue], in: context)
        _ = try await native(at: .admin) { () async throws(AuthError) in try await core.enqueue(notice, context) }
    }

    /// Refuses users whom a key must not take over, which is audited.
    ///
    /// - Throws: `.notAdmin`, `.service`.
    func checkProtection(
        of user: User, _ settings: SupabaseSettings, for action: AuditAction, _ context: OperationContext
    ) async throws(SupabaseError) {
        guard !settings.managesAdmins, SupabaseAdministration.isProtected(user) else { return }
        try await native(at: .admin) { () async throws(AuthError) in
            try await core.record(action, refusal: "protected", target: user.id, in: context)
        }
        throw .notAdmin
    }

    /// The hash of a draft's password: chosen, or imported from another system.
    func hash(
        of draft: SupabaseDraft, _ context: PasswordContext
    ) async throws(SupabaseError) -> StoredPasswordHash? {
        switch (draft.password.flatMap(Self.nonEmpty), draft.passwordHash.flatMap(Self.nonEmpty)) {
        case (nil, nil): return nil
        case (_?, _?): throw .validation(SupabaseSentence.twoPasswords)
        case (let text?, nil):
            let password = try Self.password(text)
            try checkChosen(password, context)
            return try await newHash(ofChosen: password)
        case (nil, let text?):
            guard let hash = try? PasswordHash(parsing: text) else {
                throw .validation(SupabaseSentence.badPasswordHash)
            }
            return StoredPasswordHash(hash)
        }
    }

    /// The role of the tokens is always the same, whatever a body asks for.
    static func checkRole(_ role: String?) throws(SupabaseError) {
        guard let role = role.flatMap(nonEmpty) else { return }
        guard role.hasSameOctets(as: userRole) else { throw .validation(SupabaseSentence.badRole) }
    }

    /// What `ban_duration` asks for.
    static func ban(_ text: String?, at now: Timestamp) throws(SupabaseError) -> SupabaseAdminUpdate.Ban? {
        guard let text = text.flatMap(nonEmpty) else { return nil }
        switch SupabaseBan.parse(text) {
        case .lifted: return .lifted
        case .lasting(let duration): return .until(now + duration)
        case nil: throw .validation(SupabaseSentence.badBan)
        }
    }

    /// Metadata of a new user as it is stored.
    static func stored(_ data: JSONObject?) throws(SupabaseError) -> String {
        guard let data else { return "{}" }
        do throws(MetadataFault) {
            return try MetadataPatch(data).applied(to: "{}")
        } catch {
            throw .validation(SupabaseSentence.longData)
        }
    }

    /// The id that a body asks for, which no user has or has had as far as the audit log tells, or a new one.
    ///
    /// - Throws: `.validation`, `.userAlreadyExists`, `.service`.
    func newID(_ text: String?, at now: Timestamp) async throws(SupabaseError) -> UserID {
        guard let text = text.flatMap(Self.nonEmpty) else { return UserID(core.makeID(at: now)) }
        guard let id = UserID(parsing: ASCIICase.lowered(text)), id.uuid.high != 0 || id.uuid.low != 0 else {
            throw .validation(SupabaseSentence.badID)
        }
        // Data of applications may still be kept under the id of a deleted user.
        let deletion = AuditQuery(action: .userDeleted, target: id, wasDone: true, limit: 1)
        let isTaken = try await native(at: .admin) { () async throws(AuthError) -> Bool in
            try await core.inStore { (store) async throws(StoreError) -> Bool in
                if try await store.user(withID: id) != nil { return true }
                return try await !store.auditEvents(matching: deletion).isEmpty
            }
        }
        guard !isTaken else { throw .userAlreadyExists }
        return id
    }

    /// The user who has an address.
    func holder(of address: EmailAddress) async throws(SupabaseError) -> User? {
        try await native(at: .admin) { () async throws(AuthError) in
            try await core.credential(for: .email(address))?.user
        }
    }
}
