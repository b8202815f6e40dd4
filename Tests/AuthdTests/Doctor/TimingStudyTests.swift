// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthTesting
import Synchronization
import Testing

@testable import authd

@Suite("Timing study", .timeLimit(.minutes(10))) struct TimingStudyTests {
    // ASVS 6.3.8
    // Behaviour C36, F79
    @Test("no user enumeration: every public route answers the same, whatever the state of the user")
    func answers() async throws {
        let fixture = try await TimingFixture(store: InMemoryAuthStore(), hashing: CheapPasswordHasher())
        let study = TimingStudy(samples: 40, drain: fixture.drain)

        for probe in fixture.probes + fixture.followUps {
            for finding in await study.run(probe) {
                #expect(finding.answersAgree, "\(finding.line)")
            }
        }
    }

    // Behaviour C36
    @Test("a difference of a millisecond is found in either direction", arguments: [true, false])
    func plantedFault(isInReference: Bool) async {
        let clock = StepClock()
        func testCase(_ state: String, extra: Duration) -> TimingStudy.Case {
            TimingStudy.Case(
                state: state, address: { "\($0)" },
                ask: { number in
                    // Twelve milliseconds of hashing, give or take three.
                    let spread = (Int(number) ?? 0) &* 7_919 % 6_000
                    clock.advance(by: .milliseconds(9) + .microseconds(spread) + extra)
                    return TimingStudy.Answer(status: 401, fields: [], body: [])
                })
        }
        let probe = TimingStudy.Probe(
            name: "planted", reference: testCase("known", extra: isInReference ? .milliseconds(1) : .zero),
            others: [
                testCase("unknown", extra: isInReference ? .zero : .milliseconds(1)), testCase("sound", extra: .zero),
            ])

        let findings = await TimingStudy(samples: 2_000, now: { clock.now }).run(probe)

        #expect(findings.map(\.isEqual) == (isInReference ? [false, false] : [false, true]))
        #expect(findings[0].line.hasSuffix("DIFFERENT TIME"))
    }

    @Test("a single differing answer is found")
    func differingAnswer() async {
        let same = TimingStudy.Answer(status: 401, fields: ["content-type"], body: [1])
        let probe = TimingStudy.Probe(
            name: "planted", reference: TimingStudy.Case(state: "known", address: { _ in "" }, ask: { _ in same }),
            others: [
                TimingStudy.Case(
                    state: "unknown", address: { "\($0)" },
                    ask: { number in
                        number == "50" ? TimingStudy.Answer(status: 401, fields: ["content-type"], body: [2]) : same
                    })
            ])

        let findings = await TimingStudy(samples: 100).run(probe)

        #expect(findings.map(\.answersAgree) == [false])
        #expect(findings[0].line.hasSuffix("DIFFERENT ANSWER"))
    }
}

/// A clock that moves only when told to.
private final class StepClock: Sendable {
    private let time = Mutex<ContinuousClock.Instant>(.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 += duration }
    }
}
