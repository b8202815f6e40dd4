// SPDX-License-Identifier: Apache-2.0

/// The latest users as whom one source has failed to sign in: distinguishes a user who mistypes from a program that
/// tries many users.
///
/// Of bounded size: it remembers no more users than detection needs.
public struct FailureHistory: Hashable, Sendable {
    /// The kind of attack that the failures look like.
    public enum Pattern: String, Hashable, Sendable, CaseIterable {
        /// Password spraying: a few passwords are tried at many users, most of whom exist.
        case spraying
        /// Credential stuffing: a list from elsewhere is tried, of whose users at least half do not exist here.
        case stuffing
    }

    /// The longest time between failures that belong together; also the time before an attack is reported again.
    public static let window = Duration.seconds(600)
    /// As how many users a source has to fail within ``window`` to be reported.
    public static let threshold = 10

    private struct Failure: Hashable, Sendable {
        let user: UInt64
        let isUnknown: Bool
        let at: BootInstant
    }

    private var failures: [Failure] = []
    private var noticedAt: BootInstant?

    /// The history of a source that has not failed.
    public init() {}

    /// Adds a failure.
    ///
    /// A further failure against the same user replaces the earlier one. `user` is a digest of the user that was tried, the
    /// same whenever it is the same user; `isUnknown` says that there is no such user.
    ///
    /// - Returns: The kind of attack, if this failure causes a report; once in each ``window``.
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
