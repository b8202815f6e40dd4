// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `SessionStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await driver.perform(
            SessionOperations.open(session, expecting: epoch, limit: limit, replacing: replaced, context: context))
    }

    public func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome> {
        try await driver.perform(RefreshOperations.refresh(presented, context: context, in: driver.dialect))
    }

    public func session(_ id: SessionID, of userID: UserID) async throws(StoreError) -> Session? {
        try await driver.perform(SessionOperations.session(id, of: userID))
    }

    public func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try await driver.perform(SessionOperations.sessions(of: userID, aliveAt: now))
    }

    public func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try await driver.perform(SessionOperations.count(usedSince: since, aliveAt: now))
    }

    public func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await driver.perform(SessionOperations.end(id, of: userID, reason: reason, context: context))
    }

    public func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try await driver.perform(SessionOperations.endAll(of: userID, except: kept, reason: reason, context: context))
    }

    public func rememberSignIn(
        at digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await driver.perform(
            SignInPlaceOperations.remember(digests, of: userID, isExpected: isExpected, context: context))
    }

    public func reauthenticate(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<ReauthenticationOutcome> {
        try await driver.perform(ReauthenticationOperations.reauthenticate(id, of: userID, by: proof, context: context))
    }
}
