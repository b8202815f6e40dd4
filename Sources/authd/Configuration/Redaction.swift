// SPDX-License-Identifier: Apache-2.0

/// Makes values fit to be shown.
enum Redaction {
    /// A value as `config check` shows it: a secret not at all, a URL without its password.
    static func shown(_ text: String, of setting: Setting) -> String {
        switch setting.confidentiality {
        case .open: printable(text)
        case .credentialsInURL: printable(withoutPassword(text))
        case .secret: secret
        }
    }

    /// What stands in place of a secret.
    static let secret = "(secret)"

    /// Whether a URL has a password, or may have one where it is not written well enough to tell.
    static func hasPassword(_ url: String) -> Bool {
        withoutPassword(url) != url
    }

    /// A URL without password and parameters, which may hold one too; it errs on the side of hiding.
    static func withoutPassword(_ url: String) -> String {
        var shown = url
        if let at = url.lastIndex(of: "@") {
            let scheme = url.range(of: "://").map { url[..<$0.upperBound] } ?? ""
            let credentials = url[scheme.endIndex..<at]
            let user = credentials.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
            if user.endIndex < credentials.endIndex { shown = "\(scheme)\(user):***\(url[at...])" }
        }
        guard let mark = shown.firstIndex(of: "?"), shown[mark...].lowercased().contains("password") else {
            return shown
        }
        return shown[..<mark] + "?***"
    }

    /// A text without characters that a terminal obeys.
    static func printable(_ text: String) -> String {
        // Every line of the log comes by here, and almost all of its text is this.
        guard text.utf8.contains(where: { !(0x20...0x7E).contains($0) }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                scalars.append("\u{FFFD}")
            default:
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}

extension String {
    fileprivate func range(of needle: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
