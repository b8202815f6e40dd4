// SPDX-License-Identifier: Apache-2.0

/// A name that may stand in a greeting.
///
/// The person who registers types the name and the address, so an open registration form would otherwise send a stranger's
/// words, links and all, to any mailbox under the operator's good name.
struct GreetingName: Equatable {
    let text: String

    /// Takes names of at most 60 code points that hold letters and nothing a mail reader would turn into a link.
    init?(_ name: String) {
        let scalars = name.unicodeScalars
        guard scalars.count <= 60, scalars.contains(where: \.properties.isAlphabetic) else { return nil }
        guard !scalars.contains(where: Self.isUnfit), !Self.looksLikeHost(name) else { return nil }
        text = HeaderText(name).readable
    }

    private static func isUnfit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: ":/\\@<>#?=&%!".unicodeScalars.contains(scalar)
        }
    }

    /// `example.com` does, `J. R. R.` and `J.R.` do not: two letters or more follow the dot at once.
    private static func looksLikeHost(_ name: String) -> Bool {
        let dots: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
        let parts = name.unicodeScalars.split(omittingEmptySubsequences: false) { dots.contains($0) }
        return zip(parts, parts.dropFirst()).contains { before, after in
            before.last?.properties.isWhitespace == false
                && after.prefix(2).count { $0.properties.isAlphabetic } == 2
        }
    }
}
