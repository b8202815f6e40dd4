// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `SigningKeyStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func signingKeys() async throws(StoreError) -> [StoredSigningKey] {
        try await driver.perform(SigningKeyOperations.keys)
    }

    public func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        try await driver.perform(SigningKeyOperations.update(context: context, decide))
    }

    public func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await driver.perform(SigningKeyOperations.rootKeyCheck(orStore: value))
    }

    public func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await driver.perform(SigningKeyOperations.replaceRootKeyCheck(old, by: new))
    }
}
