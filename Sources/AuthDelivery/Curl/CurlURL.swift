// SPDX-License-Identifier: Apache-2.0

import AuthCore
import CLibCurl

/// A URL in libcurl's own parsed form, so that what is checked is what is connected to.
///
/// A class because it owns the C handle.
final class CurlURL {
    let handle: OpaquePointer

    /// Parses an absolute URL; `nil` if libcurl cannot or if it holds anything but printable ASCII.
    init?(parsing text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let handle = curl_url() else { return nil }
        self.handle = handle
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
    }

    /// The same, for a text that spells its scheme and host out with `://`.
    convenience init?(absolute text: String) {
        guard text.contains("://") else { return nil }
        self.init(parsing: text)
    }

    deinit { curl_url_cleanup(handle) }

    var scheme: String? { part(CURLUPART_SCHEME) }
    /// The host as libcurl will resolve it; an IPv6 address keeps its brackets.
    var host: String? { part(CURLUPART_HOST) }
    /// The port that is connected to, the scheme's own where the text names none.
    var port: Int? { part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap { Int($0) } }
    /// Scheme, host and port: what a secret may be sent to once it may be sent to the URL.
    var origin: String { "\(scheme ?? ""):\(ASCIICase.lowered(host ?? "")):\(port ?? 0)" }
    var hasCredentials: Bool { part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil }

    private func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(validatingCString: text)
    }
}
