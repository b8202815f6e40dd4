// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == Bool {
    /// Stores a key beside those that are stored, as X12 says.
    package static func addSupabaseKey(
        _ key: SupabaseKey, beside keys: [SupabaseKey], context: OperationContext
    ) -> StorePlan {
        let live = keys.count { $0.form == key.form && $0.isLive(at: context.now) }
        let isRefused = live >= SupabaseKey.mostLive
        let event = AuditEvent(
            .supabaseKeyCreated, refusal: isRefused ? "too_many_keys" : nil, target: UserID(key.id.uuid), in: context)
        let stored: [StoreWrite] = isRefused ? [] : [.putSupabaseKey(key)]
        return StorePlan(!isRefused, stored + [.appendAudit(event)])
    }
}

extension StorePlan where Outcome == SupabaseKey? {
    /// Revokes a key on its locked row, as X13 says.
    package static func revokeSupabaseKey(_ key: SupabaseKey?, context: OperationContext) -> StorePlan {
        guard var revoked = key, revoked.revokedAt == nil else { return StorePlan(key) }
        revoked.revokedAt = context.now
        let event = AuditEvent(.supabaseKeyRevoked, target: UserID(revoked.id.uuid), in: context)
        return StorePlan(revoked, [.putSupabaseKey(revoked), .appendAudit(event)])
    }
}
