// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The content coding of a body; a body that has one is not read.
package enum ContentCoding {
    /// Whether the lines of `Content-Encoding` name no coding but `identity`.
    ///
    /// - Source: RFC 9110 §8.4, §12.5.3
    package static func isIdentity(_ lines: [String]) -> Bool {
        FieldList.elements(of: lines).allSatisfy { ASCIICase.matches($0, lowercase: "identity") }
    }
}
