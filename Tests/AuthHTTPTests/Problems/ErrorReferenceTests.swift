// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import AuthHTTP

@Suite("Error reference") struct ErrorReferenceTests {
    @Test("docs/errors.md agrees with the code")
    func document() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/errors.md")
        let markdown = ErrorReference.markdown(EndpointTable(describing: HTTPConfiguration()).problems)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try markdown.write(to: file, atomically: true, encoding: .utf8)
        }

        #expect(try String(contentsOf: file, encoding: .utf8) == markdown)
    }
}
