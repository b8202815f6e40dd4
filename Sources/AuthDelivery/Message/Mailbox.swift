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

    /// The RFC 5322 `mailbox`, folded; an ``EmailAddress`` is safe between angle brackets by its own rules.
    var header: String {
        guard let name else { return "<\(address.transportForm)>" }
        return "\(name.phrase)\r\n <\(address.transportForm)>"
    }
}
