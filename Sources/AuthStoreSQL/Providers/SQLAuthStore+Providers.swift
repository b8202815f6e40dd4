// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `ProviderStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func spend(_ digest: [UInt8], until end: Timestamp, at now: Timestamp) async throws(StoreError) -> Bool {
        guard now < end else { return false }
        return try await driver.perform(ProviderFlowOperations.spend(digest, until: end))
    }

    public func park(_ callback: ParkedCallback, at now: Timestamp) async throws(StoreError) -> Bool {
        guard now < callback.expiresAt else { return false }
        return try await driver.perform(ProviderFlowOperations.park(callback))
    }

    public func takeParked(_ stateDigest: [UInt8], at now: Timestamp) async throws(StoreError) -> [UInt8]? {
        try await driver.perform(ProviderFlowOperations.takeParked(stateDigest, at: now))
    }

    public func putProviderCode(_ code: ProviderCode, context: OperationContext) async throws(StoreError) {
        try await driver.perform(ProviderFlowOperations.put(code))
    }

    public func redeemProviderCode(
        _ digest: [UInt8], verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, context: OperationContext
    ) async throws(StoreError) -> ProviderCodeOutcome {
        try await driver.perform(
            ProviderFlowOperations.redeem(digest, verifierDigest: verifierDigest, by: session, at: context.now))
    }

    public func arrive(
        _ arrival: ProviderArrivalRequest, context: OperationContext
    ) async throws(StoreError) -> Committed<ProviderArrivalOutcome> {
        try await again(ArrivalOperations.attempts(arrival, context: context))
    }

    public func look(_ subject: ProviderSubject, address: EmailAddress?) async throws(StoreError) -> ProviderLook {
        try await driver.perform(IdentityOperations.look(subject, address: address))
    }

    public func identities(of userID: UserID) async throws(StoreError) -> [Identity] {
        try await driver.perform(IdentityOperations.identities(of: userID))
    }

    public func link(
        _ identity: Identity, session: SessionID, context: OperationContext
    ) async throws(StoreError) -> Committed<LinkOutcome> {
        let linking = IdentityOperations.link(identity, session: session, context: context)
        do throws(StoreError) {
            return try await driver.perform(linking)
        } catch {
            // Another transaction has linked the identity in between, and is found now.
            guard error == .conflict else { throw error }
            return try await driver.perform(linking)
        }
    }

    public func unlink(
        _ id: IdentityID, of userID: UserID, enabled: Set<ProviderName>, signsInByMail: Bool, context: OperationContext
    ) async throws(StoreError) -> Committed<UnlinkOutcome> {
        try await driver.perform(
            IdentityOperations.unlink(
                id, of: userID, enabled: enabled, signsInByMail: signsInByMail, context: context))
    }

    /// Makes attempts until one decides: each is one that another transaction may have come before.
    private func again<Output: Sendable>(
        _ attempts: [SQLOperation<Output?>]
    ) async throws(StoreError) -> Output {
        for _ in 0..<3 {
            do throws(StoreError) {
                for attempt in attempts {
                    if let output = try await driver.perform(attempt) { return output }
                }
            } catch {
                guard error == .conflict else { throw error }
            }
        }
        throw .conflict
    }
}
