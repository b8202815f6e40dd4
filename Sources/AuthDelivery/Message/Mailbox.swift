// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Who a message is from or to: an address and perhaps a name.
struct Mailbox: Equatable {
    let address: EmailAddress
    let name: HeaderText?

    init(_ address: EmailAddress, name: String?) {
        self.address = address
        let text = name.map { HeaderText($0) }
        self.name = text?.isEmpty == false ? text : nil
    }

    /// The RFC 5322 `mailbox`; `nil` for an address that cannot stand in a header as it is.
    ///
    /// Only dot-atoms and UTF-8 (RFC 6532) pass: brackets, quotes, commas, comments and control characters do not.
    var header: String? {
        let text = address.original
        let isSafe = text.utf8.allSatisfy { byte in
            byte >= 0x80 || HeaderText.isAtomText(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "@")
        }
        guard isSafe, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return nil
        }
        guard let name else { return text }
        return "\(name.phrase)\r\n <\(text)>"
    }

    /// What comes after the last "@".
    var domain: String {
        let text = address.original
        return text.lastIndex(of: "@").map { String(text[text.index(after: $0)...]) } ?? text
    }
}
