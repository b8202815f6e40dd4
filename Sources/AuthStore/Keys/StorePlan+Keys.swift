// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == [StoredSigningKey] {
    /// Changes the signing keys, as K1 says.
    package static func updateKeys(
        _ keys: [StoredSigningKey], by update: SigningKeyUpdate, context: OperationContext
    ) -> StorePlan {
        guard !update.isEmpty else { return StorePlan(keys) }
        return StorePlan(
            update.applied(to: keys),
            update.put.map(StoreWrite.putKey) + update.remove.map(StoreWrite.removeKey)
                + [.appendChange(.keysChanged)]
                + update.audit(on: keys, context: context).map(StoreWrite.appendAudit))
    }
}

extension SigningKeyUpdate {
    /// The keys after the update, as `signingKeys()` gives them: oldest first, then by id.
    package func applied(to keys: [StoredSigningKey]) -> [StoredSigningKey] {
        let removed = Set(remove)
        let replaced = Set(put.map(\.id))
        // Of two keys with one id in `put`, the last one counts, as it would be written last.
        var written: [String: StoredSigningKey] = [:]
        for key in put { written[key.id] = key }
        let left = keys.filter { !replaced.contains($0.id) } + written.values
        return left.filter { !removed.contains($0.id) }.sorted {
            $0.createdAt != $1.createdAt
                ? $0.createdAt < $1.createdAt : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8)
        }
    }

    /// Whether the update says nothing.
    package var isEmpty: Bool { put.isEmpty && remove.isEmpty }

    /// An event for each key that is put or removed.
    package func audit(on keys: [StoredSigningKey], context: OperationContext) -> [AuditEvent] {
        let known = Set(keys.map(\.id))
        let put = put.map { key in
            let change: AuditAction = revoked.contains(key.id) ? .keyRevoked : .keyStateChanged
            return AuditEvent(known.contains(key.id) ? change : .keyCreated, in: context)
        }
        let removed = remove.filter(known.contains).map { _ in AuditEvent(.keyStateChanged, in: context) }
        return put + removed
    }
}
