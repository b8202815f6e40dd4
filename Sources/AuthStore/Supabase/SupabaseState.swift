// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// What a store in memory keeps of Supabase's API.
struct SupabaseState: Sendable {
    var codes: [[UInt8]: SupabaseCode] = [:]
    var confirmations: [UserID: SupabaseAddressConfirmation] = [:]
    var budgets: [[UInt8]: MailBudget] = [:]
    var keys: [SupabaseKeyID: SupabaseKey] = [:]
    var signingKey: [UInt8]?

    mutating func removeCodes(of id: UserID) {
        codes = codes.filter { _, code in code.userID != id }
    }

    mutating func remove(of id: UserID) {
        removeCodes(of: id)
        confirmations[id] = nil
    }

    mutating func noteUse(of id: SupabaseKeyID, at instant: Timestamp) {
        guard let used = keys[id]?.lastUsedAt else {
            keys[id]?.lastUsedAt = instant
            return
        }
        keys[id]?.lastUsedAt = max(used, instant)
    }

    /// The budgets in their order, and what is left of them.
    func left(of named: [SupabaseBudget]) -> SupabaseBudgets {
        let ordered = SupabaseBudgets.ordered(named)
        return SupabaseBudgets(ordered, ordered.map { budgets[$0.key] ?? MailBudget() })
    }

    /// A8.
    mutating func purge(at now: Timestamp, limit: Int) -> Int {
        let limit = max(0, limit)
        let ended = codes.values.filter { $0.expiresAt + SupabaseRetention.ofCodes <= now }.prefix(limit)
        for code in ended { codes[code.digest] = nil }
        let late = confirmations.values.filter { $0.expiresAt <= now }.prefix(limit)
        for confirmation in late { confirmations[confirmation.userID] = nil }
        let whole = budgets.filter { $0.value.isFull(at: now) }.keys.prefix(limit)
        for key in whole { budgets[key] = nil }
        let over = keys.values.filter { $0.end + SupabaseRetention.ofKeys <= now }.prefix(limit)
        for key in over { keys[key.id] = nil }
        return ended.count + late.count + whole.count + over.count
    }
}

extension SupabaseKey {
    /// When it ended, or will end.
    package var end: Timestamp { min(revokedAt ?? expiresAt, expiresAt) }
}
