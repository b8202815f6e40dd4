// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Testing

@testable import AuthHTTP

/// The figures of `docs/abuse.md` against those that the program goes by.
@Suite("Page on rate limiting and brute-force protection")
struct AbuseDocumentTests {
    // ASVS 6.1.1
    @Test("the limits per user are those of the code")
    func limitsAtUsers() throws {
        let text = try Repository.text("docs/abuse.md")
        let longest = SignInThrottle.longestDelay.components.seconds / 60
        let memory = SignInThrottle.memory.components.seconds / 60
        let capacity = SignInThrottle.failuresOfUserPerHour / 2
        let interval = SignInThrottle.memory.components.seconds / Int64(capacity)
        let inFirstHour = Self.failures(in: 0..<3_600)
        let inSecondHour = Self.failures(in: 3_600..<7_200)

        for row in [
            "| one source as one user | failed sign-ins | \(SignInThrottle.freeFailuresOfSource) are free; the next costs 1 s, "
                + "each further one twice as much, at most \(longest) minutes; forgotten after \(memory) minutes without one "
                + "| in the store |",
            "| all unknown devices as one user | failed sign-ins | \(capacity) at once, one more each \(interval) s: in any "
                + "hour at most \(SignInThrottle.failuresOfUserPerHour) | in the store |",
            "| one known device of one user | failed sign-ins | \(SignInThrottle.freeFailuresOfDevice) are free, then delays "
                + "as above | in the store |",
        ] {
            #expect(text.contains(row), "\(row)")
        }
        let lines = text.split(separator: "\n").joined(separator: " ")
        #expect(lines.contains("gets \(inFirstHour) guesses in the first hour and \(inSecondHour) in each later one"))
        #expect(
            lines.contains("without the password it gives \(SignInThrottle.freeFailuresOfDevice) guesses, then delays"))
        #expect(lines.contains("good for \(DeviceToken.lifetime.components.seconds / 86_400) days"))
    }

    @Test("the bounds of the notice of a new device are those of the code")
    func newDevice() throws {
        let lines = try Repository.text("docs/abuse.md").split(separator: "\n").joined(separator: " ")
        let days = NewDevice.memory.components.seconds / 86_400
        #expect(lines.contains("from which the user has not signed in for \(days) days"))
        #expect(lines.contains("At most \(NewDevice.placesPerUser) places of a user are remembered"))
        #expect(lines.contains("at most once a day for a place") && NewDevice.interval == .seconds(86_400))
        #expect(
            lines.contains("not within an hour after the user set a password")
                && NewDevice.quietAfterPassword == .seconds(3_600))
    }

    // ASVS 6.1.1
    @Test("the limits by source are those of the code, and no more are named")
    func limitsBySource() throws {
        let text = try Repository.text("docs/abuse.md")
        let rules = RateLimits().rules
        let rows = LimitClass.allCases.compactMap { limitClass -> String? in
            guard let rule = rules[limitClass] else { return nil }
            let period = rule.interval * rule.capacity
            let (neighbourhood, region) = (
                rule.multiplied(by: RateLimits.neighbourhoodFactor), rule.multiplied(by: RateLimits.regionFactor)
            )
            return
                "| `\(limitClass.rawValue)` | \(rule.capacity) in \(period.components.seconds) s | \(rule.lease) "
                + "| \(neighbourhood.capacity) | \(region.capacity) |"
        }

        #expect(rows.count == LimitClass.allCases.count - 1)
        for row in rows { #expect(text.contains(row), "\(row)") }
        #expect(text.matches(of: #/\n\| `\w+` \| \d+ in \d+ s /#).count == rows.count)
        let lines = text.split(separator: "\n").joined(separator: " ")
        #expect(lines.contains("the defaults are \(RateLimits.developmentFactor) times as high"))
    }

    @Test("the shares of networks, users and processes are those of the code")
    func shares() throws {
        let text = try Repository.text("docs/abuse.md")
        let lines = text.split(separator: "\n").joined(separator: " ")
        let sizes = RateLimitTable.Sizes()
        let sources = sizes.networks.sources
        let (ofNeighbourhood, ofRegion) = (NetworkBuckets.neighbourhoodDivisor, NetworkBuckets.regionDivisor)

        for sentence in [
            "Each class has places for \(sources) sources",
            "less than 1/\(ofNeighbourhood) of the places (\(sources / ofNeighbourhood))",
            "less than 1/\(ofRegion) (\(sources / ofRegion))",
            "\(RateLimits.neighbourhoodFactor) times the rate of one source",
            "\(RateLimits.regionFactor) times the rate of one source",
            "places for \(sizes.networks.neighbourhoods) such buckets",
            "places for \(sizes.networks.regions) of them",
            "\(RateLimits.userFactor) times what one may",
            "\(sizes.holders) sessions and as many devices",
            "need at most \((sizes.byteBound + (1 << 20) - 1) >> 20) MiB",
        ] {
            #expect(lines.contains(sentence), "\(sentence)")
        }
    }

    @Test("the budget of mails and the shares of the audit log are those of the code")
    func mailsAndRefusals() throws {
        let text = try Repository.text("docs/abuse.md")
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("three mails of one purpose sent to a user in an hour, and ten in a day"))
        #expect(MailBudget.Rule.standard == MailBudget.Rule(perHour: 3, perDay: 10))

        for row in [
            "| one source | \(RefusalTally.eventsPerSource) | \(RefusalTally.countsPerSource) |",
            "| one IPv6 /48 | \(RefusalTally.eventsPerNetwork) | \(RefusalTally.countsPerNetwork) |",
            "| all | \(RefusalTally.eventsInAll) | \(RefusalTally.countsInAll) |",
        ] {
            #expect(text.contains(row), "\(row)")
        }
    }

    /// How often a source that tries without pause is let to a password check within these seconds.
    private static func failures(in seconds: Range<Int64>) -> Int {
        var budget = SignInBudget.unused
        var counted = 0
        for second in 0..<seconds.upperBound {
            let now = Timestamp(seconds: 1_800_000_000 + second)
            // The free ones come at once, but one a second makes no difference to the sum.
            guard SignInThrottle.decide([.source: budget], at: now) == .admit else { continue }
            budget = SignInThrottle.afterFailure(budget, of: .source, at: now)
            if seconds.contains(second) { counted += 1 }
        }
        return counted
    }
}
