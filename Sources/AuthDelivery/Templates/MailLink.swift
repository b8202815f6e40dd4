// SPDX-License-Identifier: Apache-2.0

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
        page + "#token=" + Self.encoded(token)
    }

    /// A token as a part of a URL, percent-encoded.
    static func encoded(_ token: String) -> String {
        var text = ""
        for byte in token.utf8 {
            if isUnreserved(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    private static func breaksLinks(_ byte: UInt8) -> Bool {
        "#\"<>\\^`{|}".utf8.contains(byte)
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }
}
