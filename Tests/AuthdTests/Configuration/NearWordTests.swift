// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Values that are nearly one of a list")
struct NearWordTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let meant: String?
        var testDescription: String { text }
    }

    @Test(
        "are known by their beginning, by one letter, and by two in long words",
        arguments: [
            Case(text: "warn", meant: "warning"), Case(text: "WARN", meant: "warning"),
            Case(text: "err", meant: "error"),
            Case(text: "prod", meant: "production"), Case(text: "dev", meant: "development"),
            Case(text: "prodution", meant: "production"), Case(text: "developmnet", meant: "development"),
            Case(text: "errors", meant: "error"), Case(text: "infp", meant: "info"), Case(text: "staging", meant: nil),
            Case(text: "", meant: nil), Case(text: "w", meant: nil),
            Case(text: String(repeating: "w", count: 100_000), meant: nil),
        ])
    func meaning(_ example: Case) {
        let words = ["production", "development", "trace", "debug", "info", "notice", "warning", "error", "critical"]
        #expect(NearWord.of(example.text, in: words) == example.meant)
    }

    @Test(
        "are named in the sentence that refuses them",
        arguments: [("LOG_LEVEL", "warn", "warning"), ("ENVIRONMENT", "prod", "production")])
    func sentence(name: String, text: String, meant: String) {
        let problems = DaemonConfiguration.problems(in: [name: text])
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("\(name) is none of ") == true)
        #expect(problems.first?.hasSuffix("; \(meant) may be meant.") == true)
    }
}
