// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import AuthHTTPServer

@Suite("Repeated warnings") struct RareWarningTests {
    @Test("the first is written at once, those of the next minute as one line with their number")
    func minute() {
        var warning = RareWarning()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

        #expect(warning.count(at: start) == 1)
        for second in Int64(1)..<60 { #expect(warning.count(at: start + .seconds(second)) == nil) }
        #expect(warning.count(at: start + .seconds(60)) == 60)
        #expect(warning.count(at: start + .seconds(61)) == nil)
        #expect(warning.count(at: start + .seconds(600)) == 2)
    }
}
