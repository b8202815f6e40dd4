// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `UserStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome> {
        try await driver.perform(PasswordOperations.replace(of: id, replacement, context: context))
    }

    public func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try await driver.perform(PasswordOperations.rehash(of: id, from: old, to: new))
    }

    public func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] {
        try await driver.perform(PasswordOperations.mix)
    }
}
