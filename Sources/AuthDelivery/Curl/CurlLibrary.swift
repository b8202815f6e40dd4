// SPDX-License-Identifier: Apache-2.0

import CLibCurl

/// libcurl's process-wide state.
enum CurlLibrary {
    /// Initialises the library on first use, once, whichever thread asks; `false` if it refused.
    ///
    /// Never undone: a clean-up while any other user of libcurl in the process is active is undefined.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
