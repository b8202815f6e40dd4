// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `ProviderStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func spend(_ digest: [UInt8], until end: Timestamp, at now: Timestamp) async throws(StoreError) -> Bool {
        try perform { state in
            guard now < end, state.spentValues[digest] == nil else { return false }
            state.spentValues[digest] = end
            return true
        }
    }

    public func park(_ callback: ParkedCallback, at now: Timestamp) async throws(StoreError) -> Bool {
        try perform { state in
            guard now < callback.expiresAt, state.parkedCallbacks[callback.stateDigest] == nil else { return false }
            state.parkedCallbacks[callback.stateDigest] = callback
            return true
        }
    }

    public func takeParked(_ stateDigest: [UInt8], at now: Timestamp) async throws(StoreError) -> [UInt8]? {
        try perform { state in
            guard let callback = state.parkedCallbacks[stateDigest], now < callback.expiresAt else { return nil }
            state.parkedCallbacks[stateDigest] = nil
            return callback.sealed
        }
    }

    public func putProviderCode(_ code: ProviderCode, context: OperationContext) async throws(StoreError) {
        try perform { (state) throws(StoreError) in
            guard state.providerCodes[code.digest] == nil else { throw .conflict }
            state.providerCodes[code.digest] = code
        }
    }

    public func redeemProviderCode(
        _ digest: [UInt8], verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, context: OperationContext
    ) async throws(StoreError) -> ProviderCodeOutcome {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<ProviderCodeOutcome>.redeem(
                state.providerCodes[digest], verifierDigest: verifierDigest, by: session, at: context.now)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func arrive(
        _ arrival: ProviderArrivalRequest, context: OperationContext
    ) async throws(StoreError) -> Committed<ProviderArrivalOutcome> {
        try perform { (state) throws(StoreError) in
            switch arrival.plan(state.rows(for: arrival, at: context.now), context: context) {
            case .write(let plan):
                return try state.apply(plan, at: context.now)
            case .create(let user, let plan, let reserved):
                guard state.users[user.id] == nil else { throw .conflict }
                let moves = IdentifierMove.moves(from: nil, to: user)
                if state.taken(
                    moves, reserved: IdentifierMove.reservedKinds(creatingBy: .userRegistered), at: context.now) != nil
                {
                    return try state.apply(reserved, at: context.now)
                }
                state.users[user.id] = user
                state.make(moves, for: user.id)
                return try state.apply(plan, at: context.now)
            }
        }
    }

    public func look(_ subject: ProviderSubject, address: EmailAddress?) async throws(StoreError) -> ProviderLook {
        try perform { state in
            let identity = state.identity(of: subject)
            return ProviderLook(
                identity: identity, user: identity.flatMap { state.users[$0.userID] },
                holder: state.holder(of: address))
        }
    }

    public func identities(of userID: UserID) async throws(StoreError) -> [Identity] {
        try perform { $0.identities(of: userID) }
    }

    public func link(
        _ identity: Identity, session: SessionID, context: OperationContext
    ) async throws(StoreError) -> Committed<LinkOutcome> {
        try perform { (state) throws(StoreError) in
            let rows = LinkRows(
                user: state.users[identity.userID], session: state.sessions[session],
                identities: state.identities(of: identity.userID), holding: state.identity(of: identity.subject))
            return try state.apply(.link(identity, rows, context: context), at: context.now)
        }
    }

    public func unlink(
        _ id: IdentityID, of userID: UserID, enabled: Set<ProviderName>, signsInByMail: Bool, context: OperationContext
    ) async throws(StoreError) -> Committed<UnlinkOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<UnlinkOutcome>.unlink(
                id, of: state.users[userID], hasPassword: state.passwords[userID] != nil,
                identities: state.identities(of: userID), enabled: enabled, signsInByMail: signsInByMail,
                context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}

extension InMemoryState {
    func identities(of userID: UserID) -> [Identity] {
        identities.values.filter { $0.userID == userID }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    fileprivate func identity(of subject: ProviderSubject) -> Identity? {
        identities.values.first { $0.subject == subject }
    }

    fileprivate func holder(of address: EmailAddress?) -> User? {
        address.flatMap { identifiers[IdentifierKey(.email($0))] }.flatMap { users[$0] }
    }

    fileprivate func rows(for arrival: ProviderArrivalRequest, at now: Timestamp) -> ArrivalRows {
        let known = identity(of: arrival.profile.subject).flatMap { users[$0.userID] }
        guard let user = known ?? holder(of: arrival.profile.email) else { return .none }
        return ArrivalRows(
            user: user, for: arrival.profile.subject, identities: identities(of: user.id),
            alive: arrival.limit.map { oldest(of: user.id, under: $0, at: now) } ?? [],
            replaced: arrival.replacing.flatMap { sessions[$0] })
    }

    /// Whether another identity has the issuer and subject of one that is to be stored.
    func isTaken(_ identity: Identity) -> Bool {
        identities.values.contains { $0.subject == identity.subject && $0.id != identity.id }
    }

    mutating func removeIdentities(of userID: UserID, where isRemoved: (Identity) -> Bool) {
        identities = identities.filter { _, identity in identity.userID != userID || !isRemoved(identity) }
    }

    mutating func bindIdentities(of userID: UserID, _ isBound: Bool) {
        for identity in identities.values where identity.userID == userID { identities[identity.id]?.isBound = isBound }
    }

    mutating func removeProviderCodes(of userID: UserID) {
        providerCodes = providerCodes.filter { _, code in
            if case .link(let id, _) = code.purpose { id != userID } else { true }
        }
    }

    /// A8.
    mutating func purgeProviders(at now: Timestamp, limit: Int) -> Int {
        let limit = max(0, limit)
        let codes = providerCodes.values.filter { $0.expiresAt <= now }.prefix(limit)
        for code in codes { providerCodes[code.digest] = nil }
        let parked = parkedCallbacks.values.filter { $0.expiresAt <= now }.prefix(limit)
        for callback in parked { parkedCallbacks[callback.stateDigest] = nil }
        let spent = spentValues.filter { $0.value <= now }.keys.prefix(limit)
        for digest in spent { spentValues[digest] = nil }
        return codes.count + parked.count + spent.count
    }
}
