// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `SourceLimitStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        try perform { state in
            for use in uses {
                state.buckets[use.key] = use.use.applied(to: state.buckets[use.key] ?? TokenBucket(), at: now)
            }
            return uses.map { state.buckets[$0.key] ?? TokenBucket() }
        }
    }
}
