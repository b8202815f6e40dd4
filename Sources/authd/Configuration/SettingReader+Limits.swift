// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer

extension SettingReader {
    /// How much one source may ask for.
    mutating func rateLimits(_ environment: DaemonConfiguration.Environment) -> RateLimits {
        var limits: RateLimits =
            switch environment {
            case .production: RateLimits()
            case .development: .development
            }
        limits.isEnabled = flag(.rateLimitEnabled)
        for (key, limitClass) in Self.limitKeys {
            // The default of the table is that of production.
            guard let text = givenText(key) else { continue }
            guard let rule = RateLimitText.rule(text) else {
                refuse(
                    key,
                    "is \(Self.quoted(text)), which is no limit such as 10/60s, 10/1m or 60/1h: \(RateLimitText.counts.lowerBound) "
                        + "to \(RateLimitText.counts.upperBound) requests in 1 second to "
                        + "\(RateLimitText.seconds.upperBound / 3_600) hours.")
                continue
            }
            limits.rules[limitClass] = rule
        }
        limits.multipliers = multipliers()
        return limits
    }

    /// The setting of each class.
    static let limitKeys: [(SettingKey, LimitClass)] = [
        (.rateLimitSignIn, .signIn), (.rateLimitRegister, .register), (.rateLimitRefresh, .refresh),
        (.rateLimitMail, .mail), (.rateLimitRedeem, .redeem), (.rateLimitPage, .page), (.rateLimitWrite, .write),
        (.rateLimitRead, .read),
    ]

    /// How many mails of one kind strangers may have sent to one user; `nil` where nothing is limited.
    mutating func mailBudget() -> MailBudget.Rule? {
        let rule = text(.mailLimitPerAddress).flatMap(MailLimitText.rule)
        if rule == nil {
            let text = Self.quoted(text(.mailLimitPerAddress) ?? "")
            refuse(
                .mailLimitPerAddress,
                "is \(text), which is no limit such as 3/h,10/d: \(MailLimitText.counts.lowerBound) to "
                    + "\(MailLimitText.counts.upperBound) mails in an hour, and as many or more in a day.")
        }
        return flag(.rateLimitEnabled) ? rule : nil
    }

    private mutating func multipliers() -> RateMultipliers {
        var entries: [(network: IPNetwork, factor: Int)] = []
        for entry in list(.rateLimitMultipliers) {
            let parts = entry.utf8.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            guard parts.count == 2, let network = IPNetwork(Substring(parts[0])) else {
                refuse(
                    .rateLimitMultipliers,
                    "has the entry \(Self.quoted(entry)), which is no network and multiple such as 203.0.113.0/24=20.")
                continue
            }
            guard let factor = RateLimitText.number(parts[1]), RateMultipliers.factors.contains(factor) else {
                refuse(
                    .rateLimitMultipliers,
                    "has the entry \(Self.quoted(entry)), whose multiple is no whole number from "
                        + "\(RateMultipliers.factors.lowerBound) to \(RateMultipliers.factors.upperBound), as in "
                        + "203.0.113.0/24=20.")
                continue
            }
            guard network.base.family == .v4 || network.length <= RateMultipliers.longestIPv6Prefix else {
                refuse(
                    .rateLimitMultipliers,
                    "has the entry \(Self.quoted(entry)), but one IPv6 source is a whole "
                        + "/\(RateMultipliers.longestIPv6Prefix): give a network of that length or shorter.")
                continue
            }
            guard !entries.contains(where: { $0.network == network }) else {
                refuse(.rateLimitMultipliers, "has the network of \(Self.quoted(entry)) twice; remove one of them.")
                continue
            }
            entries.append((network, factor))
        }
        if entries.count > Self.mostMultipliers {
            refuse(.rateLimitMultipliers, "has more than \(Self.mostMultipliers) entries.")
        }
        return RateMultipliers(entries)
    }

    private static let mostMultipliers = 1_000
}
