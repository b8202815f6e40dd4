// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SupabaseStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func supabaseKeys() async throws(StoreError) -> [SupabaseKey] {
        try perform { $0.sortedSupabaseKeys }
    }

    public func supabaseKey(_ id: SupabaseKeyID) async throws(StoreError) -> SupabaseKey? {
        try perform { $0.supabase.keys[id] }
    }

    public func supabaseKey(digest: [UInt8]) async throws(StoreError) -> SupabaseKey? {
        try perform { state in state.supabase.keys.values.first { $0.digest == digest } }
    }

    public func addSupabaseKey(_ key: SupabaseKey, context: OperationContext) async throws(StoreError) -> Bool {
        try perform { (state) throws(StoreError) in
            let isTaken = state.supabase.keys.values.contains { stored in
                stored.id == key.id || stored.digest != nil && stored.digest == key.digest
            }
            guard !isTaken else { throw .conflict }
            let plan = StorePlan<Bool>.addSupabaseKey(key, beside: state.sortedSupabaseKeys, context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func revokeSupabaseKey(
        _ id: SupabaseKeyID, context: OperationContext
    ) async throws(StoreError) -> SupabaseKey? {
        try perform { (state) throws(StoreError) in
            let plan = StorePlan<SupabaseKey?>.revokeSupabaseKey(state.supabase.keys[id], context: context)
            return try state.apply(plan, at: context.now).outcome
        }
    }

    public func noteSupabaseKeyUse(_ id: SupabaseKeyID, at now: Timestamp) async throws(StoreError) {
        try perform { (state) throws(StoreError) in
            _ = try state.apply(StorePlan<Void>((), [.noteSupabaseKeyUse(id, now)]), at: now)
        }
    }

    public func supabaseSigningKey(orStore sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        try perform { state in
            let key = state.supabase.signingKey ?? sealed
            state.supabase.signingKey = key
            return key
        }
    }

    public func replaceSupabaseSigningKey(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try perform { state in
            guard state.supabase.signingKey == old else { return false }
            state.supabase.signingKey = new
            return true
        }
    }
}

extension InMemoryState {
    fileprivate var sortedSupabaseKeys: [SupabaseKey] {
        supabase.keys.values.sorted { ($1.createdAt, $1.id) < ($0.createdAt, $0.id) }
    }
}
