// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// A log that does not continue the last signed head, as an operator is asked about it.
public struct AuditRestore: Hashable, Sendable {
    /// Why it does not.
    public let fault: AuditFault
    /// The last signed head that is known; `nil` where none is.
    public let expected: AuditHead?
    /// The end of the log as it is in the store.
    public let found: AuditHead
    let stored: AuditHead?
    let newestSegment: Int64
}

extension AuditService {
    /// Whether the log in the store does not continue the last signed head: of those that this service knows, that was kept
    /// outside the store, and of `checkpoint` from the log, the latest.
    ///
    /// - Returns: What an operator may accept; `nil` if the log continues the head.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func pendingRestore(
        expecting checkpoint: AuditCheckpoint? = nil
    ) async throws(AuthError) -> AuditRestore? {
        let heads = [memory.known?.head, await keptHead().checkpoint?.head, checkpoint?.head].compactMap(\.self)
        let expected = heads.max { $0.precedes($1) }
        let state = try await state()
        guard case .refused(let fault) = try await judge(state, after: expected) else { return nil }
        return AuditRestore(
            fault: fault, expected: expected, found: try await end(of: state), stored: state.head,
            newestSegment: state.newestSegment)
    }

    /// Opens a segment that continues the log as it was found, and records both heads in it.
    ///
    /// Every running service goes over to the segment by itself: its opening record is signed, which is the permission to
    /// give up the events that the service knew and that are gone. `author` says who accepts it, in words.
    ///
    /// - Returns: The segment; `nil` where the log has changed meanwhile.
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func accept(_ restore: AuditRestore, by author: String) async throws(AuthError) -> AuditSegment? {
        let context = core.context(ClientContext())
        let before = max(restore.newestSegment, restore.found.segment)
        let segment = AuditSegment(
            number: AuditSegment.number(after: before, expecting: restore.expected), reason: .restoreAccepted,
            openedAt: context.now, author: author, found: restore.found, expected: restore.expected)
        let stored = keys.make(segment, random: core.random)
        let isOpened = try await core.inStore { store throws(StoreError) in
            try await store.openAuditSegment(
                stored, after: restore.stored, recording: AuditEvent(.auditRestoreAccepted, in: context))
        }
        return isOpened ? segment : nil
    }

    /// The end of the log by its rows, whatever the head says.
    private func end(of state: AuditState) async throws(AuthError) -> AuditHead {
        if let head = state.head, head.link.sequence == state.last?.sequence ?? 0, head.segment >= state.newestSegment {
            return head
        }
        let segments = try await core.inStore { store throws(StoreError) in try await store.auditSegments() }
        let ends = segments.compactMap { $0?.start }
        guard let last = state.last else { return ends.last { $0.link.sequence == 0 } ?? .start }
        let segment = ends.last { $0.link.sequence < last.sequence }?.segment ?? 0
        return AuditHead(segment: segment, link: last)
    }
}
