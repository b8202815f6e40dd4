// SPDX-License-Identifier: Apache-2.0

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

    deinit { curl_url_cleanup(handle) }

    var scheme: String? { part(CURLUPART_SCHEME) }
    /// The host as libcurl will resolve it; an IPv6 address keeps its brackets.
    var host: String? { part(CURLUPART_HOST) }
    var hasCredentials: Bool { part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil }

    private func part(_ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(validatingCString: text)
    }
}
