// SPDX-License-Identifier: Apache-2.0

extension StoredPasswordHash {
    /// The text without salt and digest, such as `$argon2id$v=19$m=19456,t=2,p=1` or `$2b$12`.
    ///
    /// Salt and digest are the last two fields between dollar signs; bcrypt joins them in one. A text of another form
    /// gives what cannot be secret of it, the name in braces or nothing, rather than too much.
    package var parameters: String {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        let isBcrypt = fields.count == 4 && fields[0].isEmpty && fields[1].utf8.first == UInt8(ascii: "2")
        let kept = fields.dropLast(isBcrypt ? 1 : 2)
        if kept.count > 1 || kept.first?.isEmpty == false { return kept.joined(separator: "$") }
        guard text.utf8.first == UInt8(ascii: "{"), let end = text.firstIndex(of: "}") else { return "" }
        return String(text[...end])
    }
}
