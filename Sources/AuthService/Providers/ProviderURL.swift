// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Writes what goes into URLs and header fields for providers.
enum ProviderURL {
    /// A URL with further parameters.
    static func adding(_ parameters: [(String, String)], to url: String) -> String {
        let query = parameters.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(
            separator: "&")
        guard let mark = url.utf8.firstIndex(of: UInt8(ascii: "?")) else { return "\(url)?\(query)" }
        let isOpen = url.utf8.index(after: mark) == url.utf8.endIndex || url.utf8.last == UInt8(ascii: "&")
        return isOpen ? url + query : "\(url)&\(query)"
    }

    /// The value of `Authorization` for a client and its secret. - Source: RFC 6749 §2.3.1
    static func basic(_ clientID: String, _ secret: String) -> String {
        "Basic " + base64("\(PercentEncoding.encode(clientID)):\(PercentEncoding.encode(secret))")
    }

    /// With padding. - Source: RFC 4648 §4
    private static func base64(_ text: String) -> String {
        var letters = Base64URL.encode(Array(text.utf8)).utf8.map { letter -> UInt8 in
            switch letter {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: letter
            }
        }
        while letters.count % 4 != 0 { letters.append(UInt8(ascii: "=")) }
        return String(decoding: letters, as: UTF8.self)
    }
}
