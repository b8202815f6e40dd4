// SPDX-License-Identifier: Apache-2.0

/// What a row of the outbox is delivered as; each lane has workers of its own, so that a flood in one delays none of another.
public enum OutboxLane: String, Hashable, Sendable, CaseIterable {
    /// A security notice: a mail that tells a user of an action on the user.
    case notice
    /// A mail that a client or an administrator requested.
    case mail
    /// An event for a subscription of the embedding service.
    case event
}
