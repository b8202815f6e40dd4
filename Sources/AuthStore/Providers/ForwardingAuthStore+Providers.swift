// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ForwardingAuthStore {
    /// Forwarded.
    public func spend(_ digest: [UInt8], until end: Timestamp, at now: Timestamp) async throws(StoreError) -> Bool {
        try await base.spend(digest, until: end, at: now)
    }

    /// Forwarded.
    public func park(_ callback: ParkedCallback, at now: Timestamp) async throws(StoreError) -> Bool {
        try await base.park(callback, at: now)
    }

    /// Forwarded.
    public func takeParked(_ stateDigest: [UInt8], at now: Timestamp) async throws(StoreError) -> [UInt8]? {
        try await base.takeParked(stateDigest, at: now)
    }

    /// Forwarded.
    public func putProviderCode(_ code: ProviderCode, context: OperationContext) async throws(StoreError) {
        try await base.putProviderCode(code, context: context)
    }

    /// Forwarded.
    public func redeemProviderCode(
        _ digest: [UInt8], verifierDigest: [UInt8]?, by session: (UserID, SessionID)?, context: OperationContext
    ) async throws(StoreError) -> ProviderCodeOutcome {
        try await base.redeemProviderCode(digest, verifierDigest: verifierDigest, by: session, context: context)
    }

    /// Forwarded.
    public func arrive(
        _ arrival: ProviderArrivalRequest, context: OperationContext
    ) async throws(StoreError) -> Committed<ProviderArrivalOutcome> {
        try await base.arrive(arrival, context: context)
    }

    /// Forwarded.
    public func look(_ subject: ProviderSubject, address: EmailAddress?) async throws(StoreError) -> ProviderLook {
        try await base.look(subject, address: address)
    }

    /// Forwarded.
    public func identities(of userID: UserID) async throws(StoreError) -> [Identity] {
        try await base.identities(of: userID)
    }

    /// Forwarded.
    public func link(
        _ identity: Identity, session: SessionID, context: OperationContext
    ) async throws(StoreError) -> Committed<LinkOutcome> {
        try await base.link(identity, session: session, context: context)
    }

    /// Forwarded.
    public func unlink(
        _ id: IdentityID, of userID: UserID, enabled: Set<ProviderName>, signsInByMail: Bool, context: OperationContext
    ) async throws(StoreError) -> Committed<UnlinkOutcome> {
        try await base.unlink(id, of: userID, enabled: enabled, signsInByMail: signsInByMail, context: context)
    }
}
