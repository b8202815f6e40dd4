// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery

/// How mail leaves, and with which words.
struct MailConfiguration: Sendable {
    /// Where mail goes.
    enum Destination: Sendable {
        case smtp(SMTPConfiguration)
        /// A file of the developer's.
        case file(path: String)
        /// Nowhere: what needs mail answers 503.
        case none
    }

    var destination: Destination
    var templatesFolder: String?
    var passwordResetLink: MailLink?
    var emailVerificationLink: MailLink?
    /// The links to the daemon's own pages; `nil` where clients cannot reach them.
    var pages: ActionLinks?
    /// The actions whose pages are the application's alone.
    var absentPages: Set<MailedAction> = []

    /// Whether mail goes anywhere.
    var sends: Bool {
        switch destination {
        case .smtp, .file: true
        case .none: false
        }
    }
}

/// The values of `SMTP_SECURITY`.
enum MailSecurity: String, CaseIterable, Hashable, Sendable {
    case automatic = "auto"
    case startTLS = "starttls"
    case implicitTLS = "tls"
    case opportunistic
    case none

    /// What the mailer is told; `nil` leaves it to host and port.
    var smtpSecurity: SMTPSecurity? {
        switch self {
        case .automatic: nil
        case .startTLS: .startTLS
        case .implicitTLS: .implicitTLS
        case .opportunistic: .opportunistic
        case .none: SMTPSecurity.none
        }
    }
}
