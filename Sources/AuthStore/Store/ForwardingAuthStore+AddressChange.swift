// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension ForwardingAuthStore {
    /// Forwarded.
    public func confirmAddressChange(
        _ proof: MailboxProof, showing: CredentialGeneration?, undo: AddressUndoOffer, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try await base.confirmAddressChange(proof, showing: showing, undo: undo, context: context)
    }

    /// Forwarded.
    public func undoAddressChange(
        _ proof: MailboxProof, newHash: StoredPasswordHash?, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try await base.undoAddressChange(proof, newHash: newHash, context: context)
    }

    /// Forwarded.
    public func finalizeAddressChanges(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await base.finalizeAddressChanges(of: id, context: context)
    }

    /// Forwarded.
    public func cancelAddressChange(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<User?> {
        try await base.cancelAddressChange(of: id, context: context)
    }

    /// Forwarded.
    public func addressChanges(of id: UserID) async throws(StoreError) -> [AddressChange] {
        try await base.addressChanges(of: id)
    }
}
