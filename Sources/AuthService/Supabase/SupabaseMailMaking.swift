// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The mails of Supabase's API.
enum SupabaseMails {
    /// The words of a kind.
    static func template(_ kind: SupabaseMailKind) -> MailTemplate {
        switch kind {
        case .signup: .supabaseSignup
        case .invite: .supabaseInvite
        case .magicLink: .supabaseMagicLink
        case .recovery: .supabaseRecovery
        case .emailChangeCurrent: .supabaseEmailChangeCurrent
        case .emailChangeNew: .supabaseEmailChangeNew
        case .reauthentication: .supabaseReauthentication
        }
    }

    /// The message of a mail at the moment of its delivery; `nil` where there is nothing to do with it any more.
    static func message(
        for order: SupabaseMail, of user: User, token: MailToken, validFor: Duration, code: MailedCode?,
        by settings: SupabaseSettings
    ) -> MailMessage? {
        let template = template(order.kind)
        guard order.kind != .reauthentication else { return code.map { MailMessage(template, code: $0) } }
        var details: [String: String] = [:]  // own text
        if order.kind == .emailChangeCurrent {
            guard let address = user.newEmail else { return nil }
            details["new_address"] = address.original
        }
        return MailMessage(
            template, token: token, validFor: validFor, code: code, details: details,
            link: link(for: order, token: token, by: settings))
    }

    /// The link of a mail; the token has the prefix `pkce_` where the flow has a challenge.
    static func link(for order: SupabaseMail, token: MailToken, by settings: SupabaseSettings) -> MailToken {
        MailToken(
            ProviderURL.adding(
                [
                    ("token", hash(of: token, for: order).revealed), ("type", order.kind.type),
                    ("redirect_to", order.redirectTo),
                ],
                to: settings.baseURL + "/verify"))
    }

    /// The text that the contract calls the token's hash.
    static func hash(of token: MailToken, for order: SupabaseMail) -> MailToken {
        order.challenge.isEmpty ? token : MailToken(exchangePrefix + token.revealed)
    }

    /// The text of a token without the prefix, and whether it had one.
    static func token(ofHash text: String) -> (text: String, isExchange: Bool) {
        guard text.utf8.starts(with: exchangePrefix.utf8) else { return (text, false) }
        return (String(decoding: text.utf8.dropFirst(exchangePrefix.utf8.count), as: UTF8.self), true)
    }

    private static let exchangePrefix = "pkce_"
}

extension MailMessage {
    /// Tells a user what an administrator has done by a key: `password`, `link` or `address`.
    public static func administratorActed(act: String?) -> MailMessage {
        let known = ["password", "link", "address"].first { act?.hasSameOctets(as: $0) == true }
        return MailMessage(.administratorActed, details: known.map { ["did_\($0)": $0] } ?? [:])
    }
}
