// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The subject of a mail that is sent after an answer: one template, or work that can end in several.
public struct MailKind: Hashable, Sendable {
    /// The word in logs and metrics.
    public let rawValue: String

    private init(work: String) {
        rawValue = work
    }

    init(_ template: MailTemplate) {
        rawValue = template.name
    }

    /// The mail that carries a token of a purpose.
    init(carrying purpose: OneTimeTokenPurpose) {
        switch purpose {
        case .passwordReset: self = .passwordReset
        case .emailVerification: self = .emailVerification
        case .signIn: self = MailKind(.signIn)
        case .unlock: self = MailKind(.unlock)
        case .addressChange: self = MailKind(.addressChange)
        case .addressUndo: self = MailKind(.addressUndo)
        case .invitation: self = MailKind(.invitation)
        case .reauthentication: self = MailKind(.reauthentication)
        // One of several, as `SupabaseMails.template` says.
        case .supabase: self = MailKind(.supabaseMagicLink)
        }
    }

    /// The mail that a request leads to.
    init(answering request: MailRequestKind) {
        switch request {
        case .registration: self = .registration
        case .passwordReset, .emailVerification, .signIn, .unlock, .addressChange, .supabase:
            self = MailKind(carrying: request.purpose)
        }
    }

    /// A registration where registration is private.
    public static let registration = MailKind(work: "registration")

    /// A link to set a new password was requested.
    public static let passwordReset = MailKind(.passwordReset)
    /// A link to verify an address was requested, or is due after a registration.
    public static let emailVerification = MailKind(.emailVerification)
    /// The password was changed or reset.
    public static let passwordChanged = MailKind(.passwordChanged)

    /// Every kind.
    public static let all: [MailKind] =
        [.registration] + MailTemplate.all.filter(\.isSentForItself).map { MailKind($0) }
}

/// Why a mail was dropped.
public enum MailLoss: String, Hashable, Sendable, CaseIterable {
    /// It had been tried as often as it may be.
    case givenUp = "given_up"
}
