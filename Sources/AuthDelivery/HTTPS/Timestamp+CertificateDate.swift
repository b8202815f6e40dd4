// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension Timestamp {
    /// Reads a date as OpenSSL prints those of certificates: `Nov  9 12:00:00 2026 GMT`; `nil` for everything else.
    init?(certificateDate text: some StringProtocol) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " " as Character).map { String($0) }
        guard words.count == 5, words[4] == "GMT", let month = months.firstIndex(of: words[0]) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        let day = words[1].utf8.count == 1 ? "0" + words[1] : words[1]
        self.init(rfc3339: "\(words[3])-\(number)-\(day)T\(words[2])Z")
    }
}
