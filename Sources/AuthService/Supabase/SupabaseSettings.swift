// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthTokens

/// The settings of Supabase's API; without them there is none of it.
public struct SupabaseSettings: Sendable {
    /// Where the API is reached, as `https://host/auth/v1`: the issuer of its tokens, and the beginning of mailed links.
    public let baseURL: String
    /// Where browsers may be sent, and the site, which is taken for every other address.
    public let redirects: RedirectAllowList
    /// Whether an address counts as confirmed in this API's answers without a mail; it is never taken for proven.
    public var autoconfirm = false
    /// Whether users without an identifier can be made.
    public var isAnonymousAllowed = false
    /// Whether users may link and unlink identities by themselves.
    public var linksManually = false
    /// Whether links and callbacks without a challenge lead back with tokens in the fragment; those of invitations, and links that
    /// were made with a key, always do.
    public var allowsImplicitFlow = true
    /// Whether opening a mailed link redeems it, without the button of a page; it binds no credential then.
    public var verifiesOnGet = false
    /// The time between two mails of a kind to one address; zero lifts it.
    public var mailInterval = Duration.seconds(60)
    /// How many digits a mailed code has: 6 to 10.
    public var codeDigits = 8
    /// How long a mailed code is valid.
    public var codeLifetime = Duration.seconds(600)
    /// How long a mailed link is valid.
    public var linkLifetime = Duration.seconds(3_600)
    /// How many characters a new password has at least; `nil` for as many as natively.
    public var passwordMinimum: Int? = nil
    /// Whether a change of a proven address is confirmed at both addresses.
    public var changesAddressSecurely = true
    /// Whether keys may set passwords, addresses, bans and links of users with an administrative role.
    public var managesAdmins = false
    /// The secret under which tokens of the bare form are keys; `nil` accepts none.
    public var bareSecret: SigningKey? = nil
    /// The audience of the users' tokens.
    public var audience = "authenticated"

    /// Describes an API at an address.
    public init(baseURL: String, redirects: RedirectAllowList) {
        self.baseURL = baseURL
        self.redirects = redirects
    }
}
