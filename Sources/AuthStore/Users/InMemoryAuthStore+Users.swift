// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `UserStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken?, action: AuditAction,
        context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try perform { (state) throws(StoreError) in
            guard state.users[user.id] == nil else { throw .conflict }
            let plan = StorePlan.createUser(
                user, passwordHash: passwordHash, verification: verification, action: action, context: context)
            return try state.create(user, plan, action: action, context)
        }
    }

    public func user(withID id: UserID) async throws(StoreError) -> User? {
        try perform { $0.users[id] }
    }

    public func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential? {
        let key = InMemoryState.IdentifierKey(identifier)
        return try perform { state in
            let holder = state.identifiers[key]
            let credential = state.credential(of: holder ?? decoy)
            return holder == nil ? nil : credential
        }
    }

    public func credential(of id: UserID) async throws(StoreError) -> UserCredential? {
        try perform { $0.credential(of: id) }
    }

    public func changeProfile(
        of id: UserID, by change: ProfileChange, undo: AddressUndoOffer?, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try perform { (state) throws(StoreError) in
            var (plan, moves) = StorePlan.changeProfile(
                of: state.users[id], id, by: change,
                undo: undo.map { (offer: $0, rows: state.addressChangeRows(of: id)) }, context: context)
            let reserved = IdentifierMove.reservedKinds(changing: id, in: context)
            if let taken = state.taken(moves, reserved: reserved, at: context.now) {
                plan = .taken(taken, by: id, context: context)
            } else {
                state.make(moves, for: id)
            }
            return try state.apply(plan, at: context.now)
        }
    }

    public func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.replacePassword(
                of: state.users[id], id, stored: state.passwords[id], by: replacement, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try perform { state in
            guard state.passwords[id]?.text == old.text else { return false }
            state.passwords[id] = new
            return true
        }
    }

    public func perform(
        _ action: AdministrativeAction, on id: UserID, reservingUsernameUntil reservation: Timestamp?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.perform(
                action, on: state.users[id], id, activeAdmins: state.activeAdmins(at: context.now),
                addressChanges: state.addressChanges[id] ?? [], reservingUsernameUntil: reservation, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func abandonedRegistrations(
        madeBefore cutoff: Timestamp, limit: Int
    ) async throws(StoreError) -> [User] {
        try perform { state in
            let abandoned = state.users.values.filter { AbandonedRegistration.includes($0, madeBefore: cutoff) }
            return Array(abandoned.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.prefix(max(0, limit)))
        }
    }

    public func removeAbandonedRegistration(
        _ id: UserID, madeBefore cutoff: Timestamp, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.removeAbandonedRegistration(
                of: state.users[id], madeBefore: cutoff, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func hasAdministrator() async throws(StoreError) -> Bool {
        try perform { state in state.users.values.contains { $0.role == .admin } }
    }

    public func createFirstAdministrator(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken?, context: OperationContext
    ) async throws(StoreError) -> FirstAdministratorCreation {
        try perform { (state) throws(StoreError) in
            guard !state.users.values.contains(where: { $0.role == .admin }) else {
                return try state.apply(.administratorExists(context: context), at: context.now).outcome
            }
            guard state.users[user.id] == nil else { throw .conflict }
            let moves = IdentifierMove.moves(from: nil, to: user)
            let reserved = IdentifierMove.reservedKinds(creatingBy: .firstAdministratorCreated)
            if let taken = state.taken(moves, reserved: reserved, at: context.now) { return .taken(taken) }
            state.users[user.id] = user
            state.make(moves, for: user.id)
            let plan = StorePlan.createFirstAdministrator(
                user, passwordHash: passwordHash, verification: verification, context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try perform { $0.page(query) }
    }

    public func userCount(matching query: UserQuery) async throws(StoreError) -> Int64 {
        try perform { Int64(min($0.matching(query).count, UserQuery.mostCounted)) }
    }

    public func userCount() async throws(StoreError) -> Int64 {
        try perform { Int64($0.users.count) }
    }

    public func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] {
        try perform { state in
            var counts: [String: Int64] = [:]
            for hash in state.passwords.values { counts[hash.cost, default: 0] += 1 }
            let shares = counts.map { PasswordHashShare(cost: $0.key, count: $0.value) }
            return Array(shares.sorted { ($1.count, $0.cost) < ($0.count, $1.cost) }.prefix(32))
        }
    }
}

extension InMemoryState {
    /// Makes a user, and writes what a plan says besides, unless an identifier is taken.
    mutating func create(
        _ user: User, _ plan: StorePlan<UserCreation>, action: AuditAction, _ context: OperationContext
    ) throws(StoreError) -> UserCreation {
        let moves = IdentifierMove.moves(from: nil, to: user)
        let reserved = IdentifierMove.reservedKinds(creatingBy: action)
        if let taken = taken(moves, reserved: reserved, at: context.now) { return .taken(taken) }
        users[user.id] = user
        make(moves, for: user.id)
        return try apply(plan, at: context.now).outcome
    }

    /// How many administrators there are who may sign in at an instant.
    func activeAdmins(at now: Timestamp) -> Int {
        users.values.count { $0.role == .admin && $0.mayHoldSession(at: now) }
    }

    /// The first kind of which another user holds what is to be claimed, or of which it is reserved, where that counts.
    func taken(_ moves: [IdentifierMove], reserved kinds: Set<IdentifierKind>, at now: Timestamp) -> IdentifierKind? {
        moves.first { move in
            guard let claimed = move.claimed else { return false }
            let key = IdentifierKey(kind: move.kind, canonical: claimed)
            if identifiers[key] != nil { return true }
            guard kinds.contains(move.kind), let end = reservedIdentifiers[key] else { return false }
            return now < end
        }?.kind
    }

    /// Frees and claims identifiers, none of which is taken.
    mutating func make(_ moves: [IdentifierMove], for id: UserID) {
        for move in moves {
            if let freed = move.freed { identifiers[IdentifierKey(kind: move.kind, canonical: freed)] = nil }
            if let claimed = move.claimed { identifiers[IdentifierKey(kind: move.kind, canonical: claimed)] = id }
        }
    }

    fileprivate func credential(of id: UserID) -> UserCredential? {
        users[id].map { UserCredential(user: $0, passwordHash: passwords[id]) }
    }

    fileprivate func matching(_ query: UserQuery) -> [User] {
        let search = query.foldedSearch.map { Array($0.utf8) }
        return users.values.filter { user in
            (query.role.map { $0 == user.role } ?? true) && (query.isActive.map { $0 == user.isActive } ?? true)
                && (search.map { UserSearch.key(of: user).utf8.contains($0) } ?? true)
        }
    }

    fileprivate func page(_ query: UserQuery) -> UserPage {
        var places = matching(query).map { (place: UserPlace($0, query), user: $0) }
        places.sort { query.descending ? $1.place < $0.place : $0.place < $1.place }
        var remaining = places[...]
        switch query.start {
        case .beginning:
            break
        case .after(let cursor):
            guard query.accepts(cursor) else { return UserPage(users: [], next: nil) }
            let last = UserPlace(key: cursor.value.comparable, id: cursor.id)
            remaining = remaining.drop { query.descending ? !($0.place < last) : !(last < $0.place) }
        case .offset(let count):
            remaining = remaining.dropFirst(Int(clamping: max(0, count)))
        }
        let page = remaining.prefix(query.boundedLimit).map(\.user)
        let next = remaining.count > page.count ? page.last : nil
        return UserPage(users: page, next: next.map { UserCursor($0, sortedBy: query.sort) })
    }
}

/// Where a user stands in an order: by the key, then by id.
private struct UserPlace: Comparable {
    let key: UserCursor.Value.Comparable
    let id: UserID

    init(key: UserCursor.Value.Comparable, id: UserID) {
        self.key = key
        self.id = id
    }

    init(_ user: User, _ query: UserQuery) {
        key = UserCursor(user, sortedBy: query.sort).value.comparable
        id = user.id
    }

    static func < (left: UserPlace, right: UserPlace) -> Bool {
        left.key != right.key ? left.key < right.key : left.id < right.id
    }
}
