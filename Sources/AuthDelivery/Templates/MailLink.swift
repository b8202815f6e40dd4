// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The page of an application that takes a token, as the start of a link in a mail.
///
/// The token goes into the fragment, which browsers send to no server: it stays out of access logs, `Referer` headers
/// and the reach of scanners that fetch every link.
public struct MailLink: Hashable, Sendable {
    private let page: String

    /// Takes an absolute `https` URL (`http` for a loopback host) without credentials and fragment.
    ///
    /// - Returns: `nil` for anything else.
    public init?(_ page: String) {
        guard page.utf8.count <= 2048, !page.utf8.contains(where: Self.breaksLinks),
            let url = CurlURL(parsing: page), !url.hasCredentials, let scheme = url.scheme, let host = url.host,
            scheme == "https" || scheme == "http" && LoopbackHost.contains(host), page.contains("://")
        else { return nil }
        self.page = page
    }

    /// The link for one token; the token is percent-encoded.
    public func url(carrying token: String) -> String {
        page + "#token=" + PercentEncoding.encode(token)
    }

    private static func breaksLinks(_ byte: UInt8) -> Bool {
        "#\"<>\\^`{|}".utf8.contains(byte)
    }
}
