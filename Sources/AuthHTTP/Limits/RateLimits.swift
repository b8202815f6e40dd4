// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// How many requests of each class one source may send.
public struct RateLimits: Hashable, Sendable {
    /// Whether rate limits apply.
    public var isEnabled = true
    /// Whether a limited request is rejected if its source is unknown, as behind a Unix socket without a trusted header.
    public var refusesUnknownSources = true
    /// The rule of each class; a class without one is not limited.
    public var rules: [LimitClass: TokenBucket.Rule]
    /// The networks whose sources may send a multiple of that, in every class.
    public var multipliers = RateMultipliers()
    /// How long after it was admitted other processes on a shared store may be told of a request, unless the process that
    /// admitted it comes to the end of its lease before.
    public var reportInterval = Duration.seconds(1)
    /// Whether changing one's own profile counts as a sign-in, as it may ask for the password; otherwise as `write`, and as a
    /// sign-in only with a password.
    public var countsProfileChangesAsSignIns = true

    /// Limits that ordinary users do not reach: ten sign-ins a minute, five registrations and mails in ten.
    public init() {
        rules = [
            .signIn: .init(10, per: .seconds(60)),
            .register: .init(5, per: .seconds(600)),
            .refresh: .init(60, per: .seconds(60)),
            .mail: .init(5, per: .seconds(600)),
            .redeem: .init(10, per: .seconds(60)),
            .page: .init(300, per: .seconds(60)),
            .write: .init(120, per: .seconds(60)),
            .read: .init(300, per: .seconds(60)),
        ]
    }

    /// Limits for development, where one person tries the same thing again and again: ``developmentFactor`` times the usual
    /// ones, and changes of one's own profile count apart from sign-ins.
    public static var development: RateLimits {
        var limits = RateLimits()
        limits.rules = limits.rules.mapValues { $0.multiplied(by: developmentFactor) }
        limits.countsProfileChangesAsSignIns = false
        return limits
    }

    /// The limits of ``development`` as a multiple of the usual ones.
    public static let developmentFactor = 30
    /// The rate of the bucket that an IPv6 /48 or an IPv4 /24 shares, as a multiple of the rate of one source.
    public static let neighbourhoodFactor = 64
    /// The rate of the bucket that an IPv6 /32 or an IPv4 /16 shares, as a multiple of the rate of one source.
    public static let regionFactor = 4_096
    /// The rate that all sessions or devices of one user have together, as a multiple of the rate of one.
    public static let userFactor = 4
}
