// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTPServer

@Suite("Date header") struct DateHeaderTests {
    struct Case: CustomTestStringConvertible {
        let seconds: Int64
        let testDescription: String
    }

    @Test(
        "is written as RFC 9110 has it",
        arguments: [
            Case(seconds: 0, testDescription: "Thu, 01 Jan 1970 00:00:00 GMT"),
            Case(seconds: 784_111_777, testDescription: "Sun, 06 Nov 1994 08:49:37 GMT"),
            Case(seconds: 951_782_400, testDescription: "Tue, 29 Feb 2000 00:00:00 GMT"),
            Case(seconds: 1_735_689_599, testDescription: "Tue, 31 Dec 2024 23:59:59 GMT"),
            Case(seconds: -1, testDescription: "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func format(_ example: Case) {
        #expect(DateHeader.format(example.seconds) == example.testDescription)
    }
}
