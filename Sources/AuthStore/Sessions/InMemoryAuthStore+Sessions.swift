// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SessionStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.openSession(
                session, for: state.users[session.userID], expecting: epoch, limit: limit,
                alive: limit.map { state.oldest(of: session.userID, under: $0, at: context.now) } ?? [],
                replacing: replaced.flatMap { state.sessions[$0] }, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.refresh(
                presented, session: state.sessions[presented.sessionID], user: state.users[presented.userID],
                context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func session(_ id: SessionID, of userID: UserID) async throws(StoreError) -> Session? {
        try perform { state in state.sessions[id].flatMap { $0.userID == userID ? $0 : nil } }
    }

    public func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try perform { state in
            let sorted = state.alive(of: userID, at: now).sorted {
                ($1.rotation.rotatedAt, $1.id) < ($0.rotation.rotatedAt, $0.id)
            }
            return Array(sorted.prefix(1_000))
        }
    }

    public func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try perform { state in
            Int64(
                state.sessions.values.count {
                    $0.ended == nil && now < $0.expiresAt && $0.rotation.rotatedAt >= since
                })
        }
    }

    public func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.endSession(state.sessions[id], of: userID, reason: reason, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.endSessions(
                of: state.users[userID], open: state.open(of: userID), except: kept, reason: reason, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func rememberSignIn(
        at digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try perform { state in
            guard let user = state.users[userID] else { return false }
            let stored = state.places[userID] ?? []
            let decision = NewDevice.decide(digests, isExpected: isExpected, stored: stored, at: context.now)
            if let place = decision.remembered {
                let left = stored.filter { $0.digest != place.digest && !decision.forgotten.contains($0.digest) }
                state.places[userID] = left + [place]
            }
            if decision.isNew {
                state.append(AuditEvent(.signInFromNewDevice, target: userID, in: context))
                if let notice = OutboxEntry.notice(.newDevice, to: user, context) { state.enqueue(notice) }
            }
            return decision.isNew
        }
    }

    public func reauthenticate(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<ReauthenticationOutcome> {
        try perform { (state) throws(StoreError) in
            let flow = proof.flowID.flatMap { state.flows[$0] }
            let plan = StorePlan.reauthenticate(
                state.sessions[id], of: state.users[userID], by: proof, flow: flow,
                token: flow?.token.flatMap { state.tokens[$0] }, context: context)
            return try state.apply(plan, at: context.now)
        }
    }
}

extension InMemoryState {
    /// A8: removes at most `limit` sessions, tokens, budgets and entries each.
    mutating func purge(expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int) -> Int {
        let end = min(horizon, now)
        let over = sessions.values.filter { ($0.ended?.at ?? $0.expiresAt) < end }.prefix(max(0, limit))
        for session in over {
            sessions[session.id] = nil
            sessionsOfUser[session.userID]?.remove(session.id)
        }
        let expired = tokens.values.filter { $0.expiresAt <= now }.prefix(max(0, limit))
        for token in expired { tokens[token.key] = nil }
        let whole = budgets.filter { $0.value.fullAt <= now }.keys.prefix(max(0, limit))
        for key in whole { budgets[key] = nil }
        let full = buckets.filter { $0.value.isFull(at: now - BucketUse.longestDelay) }.keys.prefix(max(0, limit))
        for key in full { buckets[key] = nil }
        let released = reservedIdentifiers.filter { $0.value <= now }.keys.prefix(max(0, limit))
        for key in released { reservedIdentifiers[key] = nil }
        let old = purgeChanges(writtenBefore: horizon, limit: limit)
        var forgotten = 0
        for (user, stored) in places {
            let over = stored.filter { $0.seenAt <= end - NewDevice.memory }.prefix(max(0, limit - forgotten))
            places[user] = stored.filter { !over.contains($0) }
            forgotten += over.count
        }
        let ofSupabase = supabase.purge(at: now, limit: limit)
        return ofSupabase + forgotten + over.count + expired.count + whole.count + full.count + released.count + old
            + purgeOutbox(at: now, limit: limit) + purgeMailedFlows(at: now, limit: limit)
            + purgeAddressChanges(at: now, limit: limit)
            + purgeInvitations(at: now, limit: limit)
            + purgeProviders(at: now, limit: limit)
    }
}
