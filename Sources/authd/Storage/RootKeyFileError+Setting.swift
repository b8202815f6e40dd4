// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

extension RootKeyFileError {
    /// One sentence that names the setting, the file and what to do.
    var sentence: String { "ROOT_KEY_FILE \(description)" }
}
