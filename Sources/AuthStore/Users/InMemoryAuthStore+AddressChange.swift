// SPDX-License-Identifier: Apache-2.0

public import AuthCore

// `AddressChangeStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension InMemoryAuthStore {
    public func confirmAddressChange(
        _ proof: MailboxProof, showing: CredentialGeneration?, undo: AddressUndoOffer, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try perform { (state) throws(StoreError) in
            let rows = state.rows(for: proof)
            return try state.carryOut(
                .confirm(
                    rows, beside: state.addressChangeRows(of: rows.user?.id), showing: showing, undo: undo,
                    context: context), context)
        }
    }

    public func undoAddressChange(
        _ proof: MailboxProof, newHash: StoredPasswordHash?, context: OperationContext
    ) async throws(StoreError) -> Committed<AddressChangeOutcome> {
        try perform { (state) throws(StoreError) in
            let rows = state.rows(for: proof)
            return try state.carryOut(
                .undo(
                    rows, beside: state.addressChangeRows(of: rows.user?.id), newHash: newHash, context: context),
                context)
        }
    }

    public func finalizeAddressChanges(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try perform { (state) throws(StoreError) in
            let changes = (state.addressChanges[id] ?? []).map(\.change)
            let plan = StorePlan.finalizeAddressChanges(of: state.users[id], changes, context: context)
            return try state.apply(plan, at: context.now)
        }
    }

    public func cancelAddressChange(
        of id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<User?> {
        try perform { (state) throws(StoreError) in
            try state.apply(StorePlan.cancelAddressChange(of: state.users[id], context: context), at: context.now)
        }
    }

    public func addressChanges(of id: UserID) async throws(StoreError) -> [AddressChange] {
        try perform { state in (state.addressChanges[id] ?? []).map(\.change) }
    }
}

extension InMemoryState {
    /// The rows that a change of a user's address is decided on.
    func addressChangeRows(of id: UserID?) -> AddressChangeRows {
        AddressChangeRows(id.flatMap { addressChanges[$0] } ?? [], passwordHash: id.flatMap { passwords[$0] })
    }

    fileprivate mutating func carryOut(
        _ move: AddressMovePlan, _ context: OperationContext
    ) throws(StoreError) -> Committed<AddressChangeOutcome> {
        guard let id = move.userID else { return try apply(move.plan, at: context.now) }
        guard taken(move.moves, reserved: move.reservedKinds, at: context.now) == nil else {
            return try apply(move.taken, at: context.now)
        }
        make(move.moves, for: id)
        return try apply(move.plan, at: context.now)
    }

    mutating func put(_ stored: StoredAddressChange) {
        addressChanges[stored.change.userID, default: []].append(stored)
    }

    mutating func removeAddressChange(of id: UserID, number: Int64) {
        addressChanges[id]?.removeAll { $0.change.number == number }
        if addressChanges[id]?.isEmpty == true { addressChanges[id] = nil }
    }

    mutating func release(_ identifier: Identifier, reservedUntil end: Timestamp) {
        let key = IdentifierKey(identifier)
        if reservedIdentifiers[key] == end { reservedIdentifiers[key] = nil }
    }

    /// A8.
    mutating func purgeAddressChanges(at now: Timestamp, limit: Int) -> Int {
        let over = addressChanges.values.joined().map(\.change).filter { !$0.isOpen(at: now) }.prefix(max(0, limit))
        for change in over { removeAddressChange(of: change.userID, number: change.number) }
        return over.count
    }
}
