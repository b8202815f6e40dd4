// SPDX-License-Identifier: Apache-2.0

import AuthService

/// The messages there are templates for; a raw value is the start of the template's file names.
enum MailTemplateName: String, CaseIterable, Sendable {
    case passwordReset = "password_reset"
    case emailVerification = "email_verification"
    case passwordChanged = "password_changed"
    case addressAlreadyRegistered = "address_already_registered"
    case usernameTaken = "username_taken"
    case addressChanged = "address_changed"
    case refreshReused = "refresh_reused"

    init(_ message: MailMessage) {
        switch message {
        case .passwordReset: self = .passwordReset
        case .emailVerification: self = .emailVerification
        case .passwordChanged: self = .passwordChanged
        case .addressAlreadyRegistered: self = .addressAlreadyRegistered
        case .usernameTaken: self = .usernameTaken
        case .addressChanged: self = .addressChanged
        case .refreshReused: self = .refreshReused
        }
    }

    /// Whether a message of this kind is useless without its token.
    var carriesToken: Bool {
        switch self {
        case .passwordReset, .emailVerification: true
        case .passwordChanged, .addressAlreadyRegistered, .usernameTaken, .addressChanged, .refreshReused: false
        }
    }
}

/// The three templates of one message; a raw value is the middle of the file's name.
enum MailTemplatePart: String, CaseIterable, Sendable {
    case subject
    case text
    case html
}
