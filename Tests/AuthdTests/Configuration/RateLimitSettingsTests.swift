// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import Testing

@testable import authd

@Suite("Rate limit settings")
struct RateLimitSettingsTests {
    @Test("without any setting the limits are those of the library")
    func defaults() throws {
        #expect(try DaemonConfiguration.read([:]).http.limits == RateLimits())
    }

    @Test("a developer gets more of every kind, and may set each kind too")
    func development() throws {
        let limits = try DaemonConfiguration.read(["ENVIRONMENT": "development", "RATE_LIMIT_MAIL": "3/24h"]).http
            .limits

        let factor = RateLimits.developmentFactor
        for (limitClass, rule) in RateLimits().rules where limitClass != .mail {
            #expect(limits.rules[limitClass] == rule.multiplied(by: factor), "\(limitClass)")
        }
        #expect(limits.rules[.mail] == .init(3, per: .seconds(86_400)))
        #expect(!limits.countsProfileChangesAsSignIns && RateLimits().countsProfileChangesAsSignIns)
        #expect(limits.isEnabled && limits.refusesUnknownSources)
    }

    @Test("each class has a setting, in seconds, minutes or hours")
    func classes() throws {
        let limits = try DaemonConfiguration.read([
            "RATE_LIMIT_SIGN_IN": "5/60s", "RATE_LIMIT_REGISTER": "1000/1h", "RATE_LIMIT_REFRESH": "60/2m",
            "RATE_LIMIT_MAIL": "3/24h", "RATE_LIMIT_REDEEM": "7/1s", "RATE_LIMIT_WRITE": "100000/86400s",
            "RATE_LIMIT_READ": "1/1m", "RATE_LIMIT_PAGE": "2/1m",
        ]).http.limits

        #expect(
            limits.rules == [
                .signIn: .init(5, per: .seconds(60)), .register: .init(1_000, per: .seconds(3_600)),
                .refresh: .init(60, per: .seconds(120)), .mail: .init(3, per: .seconds(86_400)),
                .redeem: .init(7, per: .seconds(1)), .write: .init(100_000, per: .seconds(86_400)),
                .read: .init(1, per: .seconds(60)), .page: .init(2, per: .seconds(60)),
            ])
        #expect(Set(limits.rules.keys) == Set(LimitClass.allCases).subtracting([.none]))
    }

    @Test(
        "any other limit stops the start with a sentence that quotes it",
        arguments: [
            "10", "10/60", "10/s", "/60s", "0/60s", "010/60s", "10/060s", "100001/60s", "10/0s", "10/86401s", "10/25h",
            "10/60d", "10 /60s", "10/60 s", "-1/60s", "+1/60s", "10/60s/2", "10/1.5m", "ten/60s", "٣/60s",
            "99999999999999999999/60s",
        ])
    func badLimits(_ text: String) throws {
        let problems = DaemonConfiguration.problems(in: ["RATE_LIMIT_SIGN_IN": text])

        #expect(problems.count == 1)
        let quoted = text == "٣/60s" ? "??/60s" : text
        #expect(
            problems.first?.hasPrefix("RATE_LIMIT_SIGN_IN is \"\(quoted)\", which is no limit such as 10/60s") == true)
    }

    @Test("networks may have a multiple")
    func multipliers() throws {
        let limits = try DaemonConfiguration.read([
            "RATE_LIMIT_MULTIPLIERS": "203.0.113.0/24=20, 2001:db8::/32=8,198.51.100.7=1000"
        ]).http.limits

        let entries = [("203.0.113.0/24", 20), ("2001:db8::/32", 8), ("198.51.100.7", 1_000)].compactMap {
            text, factor in
            IPNetwork(text).map { (network: $0, factor: factor) }
        }
        #expect(entries.count == 3)
        #expect(limits.multipliers == RateMultipliers(entries))
    }

    @Test(
        "an entry that is none stops the start with a sentence that quotes it",
        arguments: [
            ("203.0.113.0/24", "which is no network and multiple such as 203.0.113.0/24=20."),
            ("203.0.113.9/24=2", "which is no network and multiple such as 203.0.113.0/24=20."),
            ("office=2", "which is no network and multiple such as 203.0.113.0/24=20."),
            ("203.0.113.0/24=2=3", "which is no network and multiple such as 203.0.113.0/24=20."),
            ("203.0.113.0/24=0", "whose multiple is no whole number from 1 to 1000, as in 203.0.113.0/24=20."),
            ("203.0.113.0/24=1001", "whose multiple is no whole number from 1 to 1000, as in 203.0.113.0/24=20."),
            ("203.0.113.0/24=1.5", "whose multiple is no whole number from 1 to 1000, as in 203.0.113.0/24=20."),
            ("2001:db8::/65=2", "but one IPv6 source is a whole /64: give a network of that length or shorter."),
            ("2001:db8::1=2", "but one IPv6 source is a whole /64: give a network of that length or shorter."),
        ])
    func badMultipliers(_ entry: String, _ reason: String) throws {
        let problems = DaemonConfiguration.problems(in: ["RATE_LIMIT_MULTIPLIERS": "192.0.2.0/24=2,\(entry)"])

        #expect(problems == ["RATE_LIMIT_MULTIPLIERS has the entry \"\(entry)\", \(reason)"])
    }

    @Test("a network that stands twice stops the start")
    func repeated() {
        let problems = DaemonConfiguration.problems(in: ["RATE_LIMIT_MULTIPLIERS": "192.0.2.0/24=2,192.0.2.0/24=3"])

        #expect(problems == ["RATE_LIMIT_MULTIPLIERS has the network of \"192.0.2.0/24=3\" twice; remove one of them."])
    }
}
