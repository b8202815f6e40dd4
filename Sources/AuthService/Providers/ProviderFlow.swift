// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// An identity provider as a page offers it.
public struct ProviderSummary: Hashable, Sendable {
    /// The name in paths.
    public let name: ProviderName
    /// The name for a button.
    public let displayName: String
}

/// How a sign-in by a provider is to begin, and to end.
public struct ProviderStart: Sendable {
    /// How it ends.
    public enum Mode: Hashable, Sendable {
        /// The callback opens a session in cookies.
        case cookie
        /// The callback gives a code, which opens a session with the verifier of this challenge (RFC 7636, `S256`).
        case code(challenge: String)
        /// The callback gives a code, which links the identity in the session that this ticket is for.
        case link(ticket: String)
    }

    /// Where the browser goes in the end; `nil` for the first target of the settings, and always with a ticket, which has its
    /// own.
    public let returnTo: String?
    /// How it ends.
    public let mode: Mode
    /// The scope of the session; `nil` for all that the role grants.
    public let scope: Scope?
    /// Whether the cookies of the session outlive the browser.
    public let isRemembered: Bool
    /// The callback's own URL, as it is registered at the provider.
    public let redirectURI: String

    /// Describes a start.
    public init(returnTo: String?, mode: Mode, scope: Scope? = nil, isRemembered: Bool = true, redirectURI: String) {
        self.returnTo = returnTo
        self.mode = mode
        self.scope = scope
        self.isRemembered = isRemembered
        self.redirectURI = redirectURI
    }
}

/// Where the browser goes to begin, and what it must keep.
public struct ProviderDeparture: Sendable {
    /// The provider's authorization endpoint, with its parameters.
    public let url: String
    /// What the browser must keep until the callback.
    public let flow: ProviderFlowCookie
    /// From when on the callback is refused.
    public let expiresAt: Timestamp
}

/// The cookie that binds a flow to a browser.
///
/// The value is sealed; nothing but ``value`` shows it.
public struct ProviderFlowCookie: Sendable {
    /// The end of the cookie's name, which is the beginning of the state: two flows of a browser have a cookie each.
    public let suffix: String
    /// The sealed content.
    public let value: String
}

extension ProviderFlowCookie: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The suffix alone.
    public var description: String { "ProviderFlowCookie(\(suffix))" }
    /// The same.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What came to a provider's callback, as it came.
public struct ProviderCallback: Sendable {
    /// The code.
    public let code: String?
    /// The error, in place of a code.
    public let error: String?
    /// The issuer, where the provider sends it (RFC 9207).
    public let iss: String?
    /// The state.
    public let state: String
    /// What Apple tells of the user, once: JSON that the browser has carried, of which only a name is taken.
    public let user: String?

    /// Takes a callback's parameters.
    public init(code: String?, error: String? = nil, iss: String? = nil, state: String, user: String? = nil) {
        self.code = code
        self.error = error
        self.iss = iss
        self.state = state
        self.user = user
    }

    /// Whether it says nothing but the state, as the GET after a parked POST does.
    var isBare: Bool { code == nil && error == nil }
}

extension ProviderCallback: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "ProviderCallback(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a callback leads to; the flow's cookie is to be cleared in every case.
public enum ProviderReturn: Sendable {
    /// A session is open, whose cookies are to be set.
    case signedIn(TokenPair, to: String, isRemembered: Bool)
    /// The browser goes to this address, which has a code or an error.
    case redirect(String)
    /// The callback belongs to no flow of this browser: there is no address to go to.
    case invalid
}

/// A nonce for an id token that an app gets by itself.
public struct ProviderNonce: Hashable, Sendable {
    /// The text that the id token must carry, or whose SHA-256 in lower-case hexadecimal it must carry.
    public let text: String
    /// How long it can be used.
    public let lifetime: Duration
}
