// SPDX-License-Identifier: Apache-2.0

/// When, and from where, an action was asked for or done: what a user recognizes it by.
public struct ActionOrigin: Hashable, Sendable {
    /// When.
    public let time: Timestamp
    /// From where; `nil` where the network is not known, or where a command of the operator's was the cause.
    public let place: SignInPlace?

    /// Describes an origin.
    public init(at time: Timestamp, from place: SignInPlace?) {
        self.time = time
        self.place = place
    }

    /// The origin of an operation, as it is told to a user; `nil` for a person who is no user yet.
    ///
    /// What an administrator does for a user has no place: the administrator's network is not the user's business.
    public init(_ context: OperationContext, for user: UserID?) {
        time = context.now
        let isTold = context.actor == nil || context.actor == user
        place =
            isTold
            ? SignInPlace(
                source: context.source, sourceNetwork: context.sourceNetwork, userAgent: context.userAgent)
            : nil
    }
}
