// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

extension SupabaseService {
    /// One page of users, the newest first unless `isAscending`, and how many there are.
    ///
    /// `filter` is part of an address, a username or a name.
    ///
    /// - Throws: `.validation` for page numbers that are out of range, `.service`.
    public func list(
        page: Int, perPage: Int, filter: String?, isAscending: Bool
    ) async throws(SupabaseError) -> (profiles: [SupabaseProfile], total: Int64) {
        let autoconfirm = try settings.autoconfirm
        let query = UserQuery(
            search: filter.flatMap(Self.nonEmpty), sort: .createdAt, descending: !isAscending,
            start: .offset(Int64(try Self.offset(of: page, perPage))), limit: perPage)
        return try await native(at: .admin) {
            () async throws(AuthError) -> (profiles: [SupabaseProfile], total: Int64) in
            try await core.inStore {
                (store) async throws(StoreError) -> (profiles: [SupabaseProfile], total: Int64) in
                let users = try await store.users(matching: query).users
                let total = try await store.userCount(matching: query)
                let profiles = users.map { user in
                    SupabaseProfile(
                        SupabaseRecord(user: user, hasPassword: true, identities: [], mails: [:]),
                        autoconfirm: autoconfirm, isOfList: true)
                }
                return (profiles, total)
            }
        }
    }

    /// A user.
    ///
    /// - Throws: `.userNotFound`, `.service`.
    public func user(_ id: UserID) async throws(SupabaseError) -> SupabaseProfile {
        try await profile(of: id, at: .admin)
    }

    /// Creates a user, whatever the registration policy says; nothing is mailed but, of a password, that it was set.
    ///
    /// An address without `confirmsEmail` is unconfirmed, also with autoconfirm.
    ///
    /// - Throws: `.validation`, `.phoneProviderDisabled`, `.weakPassword`, `.emailExists`, `.userAlreadyExists` for an id that a
    ///   user has or has had, `.service`.
    public func create(
        _ draft: SupabaseDraft, by admin: SupabaseAdmin, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseProfile {
        let context = core.context(client, actor: admin.actor)
        guard draft.phone.flatMap(Self.nonEmpty) == nil else { throw .phoneProviderDisabled }
        guard let text = draft.email.flatMap(Self.nonEmpty) else { throw .validation(SupabaseSentence.missingEmail) }
        let address = try SupabaseContact.address(text)
        try Self.checkRole(draft.role)
        let id = try await newID(draft.id, at: context.now)
        let hash = try await hash(of: draft, PasswordContext(email: address))
        var bannedUntil: Timestamp?
        if case .until(let end)? = try Self.ban(draft.banDuration, at: context.now) { bannedUntil = end }
        let user = User(
            id: id, email: address, emailVerifiedAt: draft.confirmsEmail ? context.now : nil,
            bannedUntil: bannedUntil,
            // A password that an administrator chose is not bound to the address; where there is none, nothing is unbound.
            isBound: hash == nil, appMetadata: try Self.stored(draft.appMetadata),
            userMetadata: try Self.stored(draft.userMetadata), createdAt: context.now, origin: .administrator)
        try await create(user, hash, nil, context)
        if hash != nil { try await tell(user.id, address, of: .password, context) }
        return try await profile(of: user.id, at: .admin)
    }

    /// Changes a user.
    ///
    /// - Throws: `.validation`, `.phoneProviderDisabled`, `.weakPassword`, `.emailExists`, `.notAdmin` for a user with an
    ///   administrative role, `.userNotFound`, `.service`.
    public func update(
        _ id: UserID, by draft: SupabaseDraft, as admin: SupabaseAdmin, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseProfile {
        let settings = try settings
        let context = core.context(client, actor: admin.actor)
        guard draft.phone.flatMap(Self.nonEmpty) == nil else { throw .phoneProviderDisabled }
        try Self.checkRole(draft.role)
        let address = try draft.email.flatMap(Self.nonEmpty).map { (text) throws(SupabaseError) in
            try SupabaseContact.address(text)
        }
        let known = try await record(of: id, at: .admin).user
        let about = PasswordContext(
            username: known.username, email: address ?? known.email, fullName: known.fullName)
        let update = SupabaseAdminUpdate(
            email: address, confirmsEmail: draft.confirmsEmail, password: try await hash(of: draft, about),
            appMetadata: try Self.patch(draft.appMetadata), userMetadata: try Self.patch(draft.userMetadata),
            ban: try Self.ban(draft.banDuration, at: context.now), managesAdmins: settings.managesAdmins,
            undo: tokens.undoOffer(for: id))
        let outcome = try await native(at: .admin) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.administerSupabaseUser(id, by: update, context: context)
            }
        }
        switch outcome {
        case .updated: return try await profile(of: id, at: .admin)
        case .taken: throw .emailExists
        case .refused(.noIdentifierLeft): throw .validation(SupabaseSentence.noAddress)
        case .refused(.userMetadataTooLarge), .refused(.appMetadataTooLarge):
            throw .validation(SupabaseSentence.longData)
        case .protected, .lastAdministrator: throw .notAdmin
        case .notFound: throw .userNotFound
        }
    }

    /// Deletes a user; softly the row stays, without anything that names the person, and cannot be used any more.
    ///
    /// - Throws: `.userNotFound`, `.notAdmin` for a user with an administrative role, `.service`.
    public func delete(
        _ id: UserID, softly: Bool, by admin: SupabaseAdmin, from client: ClientContext
    ) async throws(SupabaseError) {
        let settings = try settings
        let user = try await record(of: id, at: .admin).user
        let context = core.context(client, actor: admin.actor)
        try await checkProtection(of: user, settings, for: .userDeleted, context)
        let reservation = core.settings.usernameReservation.map { context.now + $0 }
        let outcome = try await native(at: .admin) { () async throws(AuthError) in
            try await core.commit(at: context.now) { store throws(StoreError) in
                try await store.perform(
                    softly ? .softDelete : .delete, on: id, reservingUsernameUntil: reservation, context: context)
            }
        }
        switch outcome {
        case .updated, .deleted, .unchanged: return
        case .refused: throw .notAdmin
        case .notFound: throw .userNotFound
        }
    }

    /// A page of the audit log, the newest event first.
    ///
    /// - Throws: `.validation` for page numbers that are out of range, `.service`.
    public func audit(page: Int, perPage: Int) async throws(SupabaseError) -> [StoredAuditEvent] {
        _ = try settings
        let offset = try Self.offset(of: page, perPage)
        // The log has cursors and no offsets: what is before the page is read with it.
        guard offset <= Self.deepestAuditPage else { throw .validation(SupabaseSentence.badPage) }
        let query = AuditQuery(limit: offset + perPage)
        let events = try await native(at: .admin) { () async throws(AuthError) in
            try await core.inStore { store throws(StoreError) in try await store.auditEvents(matching: query) }
        }
        return Array(events.dropFirst(offset))
    }

    private static let deepestAuditPage = 10_000
    private static let perPageBounds = 1...1_000

    private static func offset(of page: Int, _ perPage: Int) throws(SupabaseError) -> Int {
        guard page >= 1, perPageBounds.contains(perPage) else { throw .validation(SupabaseSentence.badPage) }
        let (offset, overflow) = (page - 1).multipliedReportingOverflow(by: perPage)
        guard !overflow else { throw .validation(SupabaseSentence.badPage) }
        return offset
    }
}
