// SPDX-License-Identifier: Apache-2.0

/// The latest users at whom one source has failed to sign in: what tells somebody who mistypes from a program that goes
/// through many users.
///
/// Of bounded size: it remembers no more users than it takes to notice.
public struct FailureHistory: Hashable, Sendable {
    /// What the failures look like.
    public enum Pattern: String, Hashable, Sendable, CaseIterable {
        /// A few passwords are tried at many users who are known to exist.
        case spraying
        /// A list from elsewhere is tried: at least half of its users do not exist here.
        case stuffing
    }

    /// How far apart failures may be that belong together; so long, too, nothing is noticed again.
    public static let window = Duration.seconds(600)
    /// At how many users a source has to fail within ``window`` to be noticed.
    public static let threshold = 10

    private struct Failure: Hashable, Sendable {
        let user: UInt64
        let isUnknown: Bool
        let at: BootInstant
    }

    private var failures: [Failure] = []
    private var noticedAt: BootInstant?

    /// The trail of a source that has not failed.
    public init() {}

    /// Adds a failure.
    ///
    /// - Parameters:
    ///   - user: A digest of whom it was tried to sign in as, the same whenever it is the same user.
    ///   - isUnknown: Whether there is no such user.
    /// - Returns: What it looks like, where that is noticed with this failure; once in each ``window``.
    public mutating func failed(as user: UInt64, isUnknown: Bool, at now: BootInstant) -> Pattern? {
        failures.removeAll { $0.user == user || !Self.isRecent($0.at, at: now) }
        if failures.count >= Self.threshold { failures.removeFirst() }
        failures.append(Failure(user: user, isUnknown: isUnknown, at: now))
        guard failures.count >= Self.threshold else { return nil }
        if let noticedAt, Self.isRecent(noticedAt, at: now) { return nil }
        noticedAt = now
        return failures.count { $0.isUnknown } * 2 >= failures.count ? .stuffing : .spraying
    }

    private static func isRecent(_ instant: BootInstant, at now: BootInstant) -> Bool {
        now - instant < window
    }
}
