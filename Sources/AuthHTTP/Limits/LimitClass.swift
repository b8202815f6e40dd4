// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The kinds of request that are counted apart from each other.
public enum LimitClass: String, Hashable, Sendable, CaseIterable {
    /// Not limited: answered from memory, or guarded by an access token.
    case none
    /// Presenting a password.
    case signIn = "sign_in"
    /// Making a user.
    case register
    /// Presenting a refresh token.
    case refresh
    /// Causing a mail to be sent.
    case mail
    /// Presenting a token from a mail.
    case redeem
    /// Changing something with an access token.
    case write
    /// Reading lists and records of others.
    case read
}

/// How many requests of each class one source may send.
public struct RateLimits: Hashable, Sendable {
    /// Whether anything is limited.
    public var isEnabled = true
    /// What happens to a limited request whose source is unknown, as behind a Unix socket without a trusted header.
    public var refusesUnknownSources = true
    /// The rule of each class; a class without one is not limited.
    public var rules: [LimitClass: TokenBucket.Rule]
    /// How long after it was admitted other processes on a shared store may be told of a request, unless the process that
    /// admitted it comes to the end of its lease before.
    public var reportInterval = Duration.seconds(1)

    /// Rules that people do not notice: ten sign-ins a minute, five registrations and mails in ten.
    public init() {
        rules = [
            .signIn: .init(10, per: .seconds(60)),
            .register: .init(5, per: .seconds(600)),
            .refresh: .init(60, per: .seconds(60)),
            .mail: .init(5, per: .seconds(600)),
            .redeem: .init(10, per: .seconds(60)),
            .write: .init(120, per: .seconds(60)),
            .read: .init(300, per: .seconds(60)),
        ]
    }
}
