// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Testing

@testable import authd

@Suite("Examination of the outbox") struct OutboxExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func depth(
        _ lane: OutboxLane, _ state: OutboxRow.State, _ count: Int64, age: Int64 = 0
    ) -> OutboxDepth {
        OutboxDepth(lane: lane, state: state, count: count, oldest: Self.now - .seconds(age))
    }

    private func finding(_ depths: [OutboxDepth], canSend: Bool = true) -> DoctorFinding {
        OutboxExamination.finding(depths, canSend: canSend, now: Self.now)
    }

    @Test("an empty outbox, and rows that wait for less than ten minutes, are well")
    func well() {
        #expect(finding([]).verdict == .ok)
        #expect(finding([depth(.mail, .due, 3, age: 600), depth(.event, .due, 1)]).verdict == .ok)
        #expect(finding([], canSend: false).verdict == .ok)
        #expect(finding([depth(.event, .due, 1)], canSend: false).verdict == .ok)
    }

    @Test("rows that wait for longer are told of with the oldest")
    func late() {
        let found = finding([depth(.mail, .due, 3, age: 601), depth(.notice, .due, 1), depth(.mail, .dead, 9)])

        #expect(found.verdict == .warning)
        #expect(found.sentence.hasPrefix("4 rows wait, the oldest since "))
        #expect(found.sentence.contains((Self.now - .seconds(601)).rfc3339))
    }

    @Test("what was given up is told of with what to do")
    func dead() {
        let found = finding([depth(.mail, .dead, 1, age: 100_000)])

        #expect(found.verdict == .warning)
        #expect(found.sentence.hasPrefix("1 row was given up: `authd outbox list --state dead`"))
    }

    @Test("mails that wait where no mail can be sent are told of")
    func withoutMail() {
        let found = finding([depth(.notice, .due, 2)], canSend: false)

        #expect(found.verdict == .warning)
        #expect(found.sentence.hasPrefix("2 mails wait, and SMTP_HOST is not set"))
    }
}
