// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The pages of mailed actions that this service has itself, as links in mails.
///
/// They stand below the public URL that the operator has set, whatever `Host` a request names. The token goes into the
/// query: the page works without scripts, and opening it changes nothing.
public struct ActionLinks: Hashable, Sendable {
    private let base: String

    /// Takes the public URL: absolute, `https` (`http` for a loopback host), without credentials, query and fragment.
    ///
    /// - Returns: `nil` for anything else.
    public init?(publicURL: String) {
        guard MailLink(publicURL) != nil, !publicURL.utf8.contains(UInt8(ascii: "?")) else { return nil }
        base = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    /// The link for one token; the token is percent-encoded.
    public func url(of action: MailedAction, carrying token: String) -> String {
        "\(base)\(action.path)?token=\(PercentEncoding.encode(token))"
    }
}
