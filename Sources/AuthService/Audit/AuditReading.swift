// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// The result of verifying the audit log.
public struct AuditReport: Hashable, Sendable {
    /// The first fault; `nil` if there is none.
    public let fault: AuditFault?
    /// How many events were found correct.
    public let count: Int64
    /// How many of them have had their payload erased.
    public let erasedCount: Int64
    /// How many events were not sealed yet, and could not be checked.
    public let unsealedCount: Int64
    /// The last link that was found correct.
    public let last: AuditLink
    /// The last checkpoint in the store.
    public let checkpoint: AuditCheckpoint?
}

extension AuditService {
    /// A page of the audit log, newest event first.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func events(matching query: AuditQuery) async throws(AuthError) -> [StoredAuditEvent] {
        try await core.inStore { store throws(StoreError) in try await store.auditEvents(matching: query) }
    }

    /// Verifies the sealed part of the audit log up to its first fault.
    ///
    /// It reads page by page and may run beside every other operation.
    ///
    /// - Parameters:
    ///   - first: The number of the first event to check; the one before it is trusted. 1 or less is the whole log.
    ///   - checkpoint: A checkpoint from elsewhere, such as the log, that the chain must agree with.
    /// - Returns: The first fault, if there is one, and the counts up to it. A fault is reported, not thrown.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func verify(
        from first: Int64 = 1, against checkpoint: AuditCheckpoint? = nil
    ) async throws(AuthError) -> AuditReport {
        // Read before the events, so that neither can be ahead of the events.
        let state = try await core.inStore { store throws(StoreError) in try await store.auditSealState() }
        func report(_ fault: AuditFault?, _ verification: AuditVerification) -> AuditReport {
            AuditReport(
                fault: fault, count: verification.count, erasedCount: verification.erasedCount,
                unsealedCount: state.unsealedCount, last: verification.last, checkpoint: state.checkpoint)
        }
        var verification = AuditVerification(chain: chain)
        if first > 1 {
            let entries = try await entries(after: first - 2, limit: 1)
            guard let entry = entries.first, entry.sequence == first - 1 else {
                return report(AuditFault(first - 1, .missing), verification)
            }
            guard let link = entry.event?.seal?.link else {
                return report(AuditFault(first - 1, .altered), verification)
            }
            verification = AuditVerification(chain: chain, after: link)
        }
        var links: [AuditLink] = []
        for checkpoint in try await checkpoints(after: verification.last.sequence) + [checkpoint].compactMap(\.self) {
            guard checkpointKeys.isOurs(checkpoint) else {
                return report(AuditFault(checkpoint.link.sequence, .checkpointForged), verification)
            }
            links.append(checkpoint.link)
        }
        verification = AuditVerification(chain: chain, after: verification.last, checkpoints: links)
        while true {
            let page = try await entries(after: verification.last.sequence, limit: Self.batchSize)
            for entry in page {
                if let fault = verification.take(entry) { return report(fault, verification) }
            }
            if page.count < Self.batchSize { return report(verification.end(head: state.head), verification) }
        }
    }

    /// Erases addresses, user agents and requests from a user's part of the audit log; the user need not exist any more.
    ///
    /// - Returns: How many events had something to erase.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func erasePayload(
        of id: UserID, by administrator: Administrator, from client: ClientContext
    ) async throws(AuthError) -> Int {
        let context = core.context(client, actor: administrator.id)
        return try await core.inStore { store throws(StoreError) in
            try await store.eraseAuditPayload(of: id, context: context)
        }
    }

    private func entries(after sequence: Int64, limit: Int) async throws(AuthError) -> [AuditEntry] {
        try await core.inStore { store throws(StoreError) in
            try await store.sealedAuditEntries(after: sequence, limit: limit)
        }
    }

    private func checkpoints(after sequence: Int64) async throws(AuthError) -> [AuditCheckpoint] {
        var checkpoints: [AuditCheckpoint] = []
        while true {
            let last = checkpoints.last?.link.sequence ?? sequence
            let page = try await core.inStore { store throws(StoreError) in
                try await store.auditCheckpoints(after: last, limit: Self.batchSize)
            }
            checkpoints += page
            if page.count < Self.batchSize { return checkpoints }
        }
    }
}
