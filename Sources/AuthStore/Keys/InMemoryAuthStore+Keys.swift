// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SigningKeyStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func signingKeys() async throws(StoreError) -> [StoredSigningKey] {
        try perform { $0.keys }
    }

    public func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan.updateKeys(state.keys, by: decide(state.keys), context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try perform { state in
            let check = state.rootKeyCheck ?? value
            state.rootKeyCheck = check
            return check
        }
    }

    public func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try perform { state in
            guard state.rootKeyCheck == old else { return false }
            state.rootKeyCheck = new
            return true
        }
    }
}
