// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension InMemoryAuthStore {
    public func signingKeys() async throws(StoreError) -> [StoredSigningKey] {
        try perform { $0.keys }
    }

    public func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> [StoredSigningKey] {
        try perform { state in
            let update = decide(state.keys)
            guard !update.isEmpty else { return state.keys }
            let events = update.audit(on: state.keys, context: context)
            state.keys = update.applied(to: state.keys)
            state.append(.keysChanged, at: context.now)
            for event in events { state.append(event) }
            return state.keys
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
