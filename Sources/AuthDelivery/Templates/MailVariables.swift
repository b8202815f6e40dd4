// SPDX-License-Identifier: Apache-2.0

import AuthService

/// The names of the values that templates may show.
enum MailVariables {
    /// In every mail; `name`, `device` and `network` only where they are known.
    static let always = ["app", "address", "name", "language", "time", "device", "network"]
    /// In mails with a link or code.
    static let ofActions = ["token", "link", "expiry", "expiry_minutes", "code", "code_expiry", "code_expiry_minutes"]

    /// The names of one kind of mail.
    static func names(of template: MailTemplate) -> [String] {
        always + (template.action == nil ? [] : ofActions) + template.details
    }
}
