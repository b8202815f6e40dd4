// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `AddressChangeStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func confirmAddressChange(
        _ proof: MailboxProof, showing: CredentialGeneration?, undo: AddressUndoOffer, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try await driver.perform(
            AddressChangeOperations.confirm(proof, showing: showing, undo: undo, context: context))
    }

    public func undoAddressChange(
        _ proof: MailboxProof, newHash: StoredPasswordHash?, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try await driver.perform(AddressChangeOperations.undo(proof, newHash: newHash, context: context))
    }

    public func finalizeAddressChanges(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await driver.perform(AddressChangeOperations.finalize(id, context: context))
    }

    public func cancelAddressChange(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<User?> {
        try await driver.perform(AddressChangeOperations.cancel(id, context: context))
    }

    public func addressChanges(of id: UserID) async throws(StoreError) -> [AddressChange] {
        try await driver.perform(AddressChangeOperations.changes(of: id))
    }
}
