// SPDX-License-Identifier: Apache-2.0

/// The words of a command line, in an order in which none of its values is taken for an option.
///
/// A key id is 43 characters of base64url and may begin with a hyphen, and so may an email address. Each was copied from a
/// list and is meant as it stands, so it goes to the end, behind a `--`.
enum CommandArguments {
    /// `arguments` with the values that begin with a hyphen at the end, behind `--`; in one pass.
    ///
    /// An option is `-` and one letter, or `--` and a name of lower-case letters, digits and hyphens, with or without a
    /// `=value`. Words between such a value and the next option stay behind it, as the role does in
    /// `set-role -ada@example.org admin`. What follows a `--` stays as it is.
    static func withValuesLast(_ arguments: [String]) -> [String] {
        let terminator = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let words = arguments[..<terminator]
        guard words.contains(where: isHyphenatedValue) else { return arguments }
        var kept: [String] = []
        var values: [String] = []
        var isBehindValue = false
        for word in words {
            isBehindValue = isHyphenatedValue(word) || isBehindValue && word.utf8.first != UInt8(ascii: "-")
            if isBehindValue { values.append(word) } else { kept.append(word) }
        }
        return kept + ["--"] + values + arguments[terminator...].dropFirst()
    }

    private static func isHyphenatedValue(_ word: String) -> Bool {
        let octets = word.utf8
        guard octets.first == UInt8(ascii: "-"), octets.count > 1 else { return false }
        guard word.hasPrefix("--") else { return !(octets.count == 2 && isLetter(octets.last ?? 0)) }
        let name = octets.dropFirst(2).prefix { $0 != UInt8(ascii: "=") }
        return !(name.first.map(isLowerCaseLetter) ?? false) || !name.allSatisfy(isAllowedInName)
    }

    private static func isAllowedInName(_ octet: UInt8) -> Bool {
        isLowerCaseLetter(octet) || (0x30...0x39).contains(octet) || octet == UInt8(ascii: "-")
    }

    private static func isLowerCaseLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet) }

    private static func isLetter(_ octet: UInt8) -> Bool { isLowerCaseLetter(octet | 0x20) }
}
