// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

extension AuditService {
    /// Who opens segments without an operator, as their records say.
    private static let author = "authd"

    /// Opens the first segment of an empty log, or one under a root key that has changed, and seals the keys of earlier
    /// segments under it.
    ///
    /// The new segment comes first: a process that ends in between leaves keys that the next start seals.
    func prepare() async throws(AuthError) {
        let segments = try await core.inStore { store throws(StoreError) in try await store.auditSegments() }
        guard let newest = segments.last else { return try await openFirst() }
        if let newest, keys.reseal(newest, random: core.random) != nil { try await openUnderNewRootKey() }
        for case let segment? in segments {
            guard let key = keys.reseal(segment, random: core.random) else { continue }
            _ = try await core.inStore { store throws(StoreError) in
                try await store.resealAuditSegment(segment.segment.number, from: segment.sealedKey, to: key)
            }
        }
    }

    /// Only where nothing says that there was a log before; otherwise sealing is refused, and reported.
    private func openFirst() async throws(AuthError) {
        let state = try await state()
        guard state.head == .start, state.last == nil, state.cutThrough == 0, await keptHead() == .nothing else {
            return
        }
        try await open(.firstStart, after: .start)
    }

    private func openUnderNewRootKey() async throws(AuthError) {
        guard case .continues(let log, _) = try await judge(state(), after: nil) else { return }
        try await open(.rootKeyChanged, after: log.head)
    }

    /// Nothing is opened where another process was faster.
    private func open(_ reason: AuditSegment.Reason, after head: AuditHead) async throws(AuthError) {
        let segment = AuditSegment(
            number: head.segment &+ 1, reason: reason, openedAt: core.clock.now, author: Self.author, found: head)
        let stored = keys.make(segment, random: core.random)
        _ = try await core.inStore { store throws(StoreError) in
            try await store.openAuditSegment(stored, after: head, recording: nil)
        }
    }

    func state() async throws(AuthError) -> AuditState {
        try await core.inStore { store throws(StoreError) in try await store.auditState() }
    }

    /// What is kept outside the store, read now.
    func keptHead() async -> KeptAuditHead {
        do throws(AuditHeadKeepingError) {
            return try await heads?.load().map { .checkpoint($0) } ?? .nothing
        } catch {
            return .unreadable(error)
        }
    }
}

/// What is kept outside the store.
enum KeptAuditHead: Hashable, Sendable {
    case nothing
    case checkpoint(AuditCheckpoint)
    case unreadable(AuditHeadKeepingError)

    /// The head, where there is one.
    var checkpoint: AuditCheckpoint? {
        switch self {
        case .checkpoint(let checkpoint): checkpoint
        case .nothing, .unreadable: nil
        }
    }
}
