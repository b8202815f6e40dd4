// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What an embedding service wants to hear of, and what it does then.
///
/// Events are written in the transactions of what they tell of, and delivered at least once: by any process that is run with a
/// subscription of the name, one at a time for each user, in order. An event whose handler throws is tried again for a day, and
/// then given up, which is audited; those behind it wait, of the same user alone.
///
/// ```swift
/// configuration.subscriptions = [
///     Subscription("billing") { event in
///         guard event.kind == .userDeleted else { return }
///         try await billing.close(event.userID.description, once: event.id)
///     }
/// ]
/// ```
///
/// A handler that takes longer than `OutboxLease.duration` may run twice at once.
public struct Subscription: Sendable {
    /// The name, by which events that wait are found again after a restart: a subscription of another name is another one.
    public let name: String
    let handle: @Sendable (AuthEvent) async throws -> Void

    /// Subscribes to every event.
    ///
    /// - Parameters:
    ///   - name: The name; every process on one store gives the same subscriptions the same names.
    ///   - handle: Called for each event; throws to be called again later.
    public init(_ name: String, handle: @escaping @Sendable (AuthEvent) async throws -> Void) {
        self.name = name
        self.handle = handle
    }
}
