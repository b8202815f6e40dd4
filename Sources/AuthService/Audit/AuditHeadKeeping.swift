// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Keeps the last signed head of the audit log outside the store.
///
/// With it, a service that starts notices that the store was restored to an earlier state, or that the end of the log was
/// removed. Each process needs a keeper of its own.
public protocol AuditHeadKeeping: Sendable {
    /// What was kept last; `nil` before the first time.
    func load() async throws(AuditHeadKeepingError) -> AuditCheckpoint?

    /// Replaces what was kept; after a crash either of the two is there.
    func keep(_ checkpoint: AuditCheckpoint) async throws(AuditHeadKeepingError)
}

/// Why a head could not be read or kept.
public struct AuditHeadKeepingError: Error, Hashable, Sendable {
    /// One sentence for the operator.
    public let sentence: String

    /// Says why.
    public init(_ sentence: String) {
        self.sentence = sentence
    }
}

extension AuditService {
    /// Why the head that is kept outside the store cannot be read; `nil` if it can, or if there is none.
    ///
    /// Verifying the log, accepting a restore and removing events by hand compare it with no head then, so ask before.
    public func unreadableHead() async -> AuditHeadKeepingError? {
        switch await keptHead() {
        case .unreadable(let error): error
        case .nothing, .checkpoint: nil
        }
    }
}
