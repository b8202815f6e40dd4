// SPDX-License-Identifier: Apache-2.0

/// One thing that `authd doctor` has looked at.
struct DoctorFinding: Hashable, Sendable {
    enum Verdict: String, CaseIterable, Hashable, Sendable {
        case ok
        /// Works, but deserves attention.
        case warning
        /// Does not work.
        case fault
    }

    let verdict: Verdict
    /// What was looked at, in a word or two.
    let subject: String
    /// What was found and, unless all is well, what to do.
    let sentence: String

    init(_ verdict: Verdict, _ subject: String, _ sentence: String) {
        self.verdict = verdict
        self.subject = subject
        self.sentence = sentence
    }

    static let columns = ["verdict", "subject", "finding"]

    var record: Record {
        Record(["verdict": .text(verdict.rawValue), "subject": .text(subject), "finding": .text(sentence)])
    }
}
