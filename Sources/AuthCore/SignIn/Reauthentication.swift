// SPDX-License-Identifier: Apache-2.0

/// A way in which a user proves again, in a live session, who they are.
public enum ReauthenticationMethod: String, Hashable, Sendable, CaseIterable {
    /// The current password.
    case password
    /// A code that is mailed to the user's verified address.
    case mail

    /// What a user can be asked for.
    ///
    /// An address that the user has not proven does not count: its mailbox may be another person's.
    ///
    /// - Parameters:
    ///   - user: The user as stored.
    ///   - hasPassword: Whether a password is stored.
    ///   - canMail: Whether mail can be sent.
    /// - Returns: The methods, the preferred one first; empty where nothing that the user has would prove anything.
    public static func available(
        to user: User, hasPassword: Bool, canMail: Bool
    ) -> [ReauthenticationMethod] {
        (hasPassword ? [.password] : []) + (canMail && user.email != nil && user.isVerified ? [.mail] : [])
    }
}

/// How recently a user must have proven who they are, for an action that a token alone must not allow.
public struct RecentProof: Hashable, Sendable {
    /// The age at which a proof no longer counts.
    public let limit: Duration
    /// How far another host's clock may be ahead.
    public let leeway: Duration

    /// Describes a demand.
    public init(within limit: Duration, leeway: Duration) {
        self.limit = limit
        self.leeway = leeway
    }

    /// Whether a proof of this instant counts.
    ///
    /// One from the future does not: it was written by a clock that was ahead, at an unknown time.
    public func isMet(by provenAt: Timestamp?, at now: Timestamp) -> Bool {
        guard let provenAt else { return false }
        return provenAt <= now + leeway && now < provenAt + limit
    }
}

extension AuthenticationMethod {
    /// A link or a code that was mailed, used at `instant`: both are secrets that are good for one time.
    ///
    /// - Source: RFC 8176 §2.
    public static func mailedCode(at instant: Timestamp) -> AuthenticationMethod {
        AuthenticationMethod(name: "otp", at: instant)
    }
}

extension Session {
    /// Takes in that the user has proven again who they are.
    ///
    /// A method is listed once, with its latest use. Scope, level, rotation and limits stay: a session never becomes more than
    /// it was opened as.
    public mutating func reauthenticate(by method: AuthenticationMethod) {
        authenticatedAt = method.at
        methods.removeAll { $0.name.utf8.elementsEqual(method.name.utf8) }
        methods.append(method)
    }
}
