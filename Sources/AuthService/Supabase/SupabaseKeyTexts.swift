// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A pair of API keys.
public struct SupabaseKeyTexts: Sendable {
    /// The key that clients carry, which means nothing here.
    public let anonymous: MailToken
    /// The secret key.
    public let service: MailToken
    /// The row of the secret key.
    public let key: SupabaseKey
}

/// What `GET /settings` tells.
public struct SupabasePublicSettings: Hashable, Sendable {
    /// The names of the providers.
    public let providers: [String]
    /// Whether users can sign up with an address.
    public let isEmailOn: Bool
    /// Whether users without an identifier can be made.
    public let isAnonymousOn: Bool
    /// Whether signing up is closed.
    public let isSignUpDisabled: Bool
    /// Whether addresses count as confirmed without a mail.
    public let isAutoconfirmed: Bool
}

/// What the page of a mailed link says.
public struct SupabaseLinkView: Hashable, Sendable {
    /// What the link is for.
    public let kind: SupabaseMailKind
    /// The address that the mail went to.
    public let address: String
    /// The user's name; the address where there is none.
    public let user: String
    /// When, and from where, the mail was asked for.
    public let origin: ActionOrigin
    /// Whether the link can be used.
    public let state: ActionView.State
    /// Where the link leads.
    public let target: ReturnTarget
}
