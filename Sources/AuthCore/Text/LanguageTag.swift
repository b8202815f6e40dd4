// SPDX-License-Identifier: Apache-2.0

/// A language as BCP 47 names it: `de`, `de-AT`, `zh-Hant`, `es-419`.
///
/// Of RFC 5646 it has language, script, region and variants. Extended languages, extensions, private use and the
/// grandfathered tags are refused. Two tags are equal whatever their letter case was.
///
/// - Source: RFC 5646 §2.1 and §2.1.1
public struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
    /// The longest tag, in octets, which RFC 5646 §4.4.1 says to leave room for.
    public static let maximumLength = 35

    /// The tag in its conventional letter case, such as `zh-Hant-TW`; ASCII.
    public let text: String

    /// Takes a well-formed tag in any letter case; the subtags need not be registered.
    ///
    /// Cost: one pass over at most ``maximumLength`` octets.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            .map { $0.map(ASCIICase.lowered) }
        guard let language = subtags.first, (2...3).contains(language.count), language.allSatisfy(Self.isLetter) else {
            return nil
        }
        var canonical = language
        var rest = subtags.dropFirst()
        if let script = rest.first, script.count == 4, script.allSatisfy(Self.isLetter) {
            canonical += [UInt8(ascii: "-"), Self.capital(script[0])] + script.dropFirst()
            rest.removeFirst()
        }
        if let region = rest.first, Self.isRegion(region) {
            canonical += [UInt8(ascii: "-")] + region.map(Self.capital)
            rest.removeFirst()
        }
        for (offset, variant) in rest.enumerated() {
            guard Self.isVariant(variant), !rest.prefix(offset).contains(variant) else { return nil }
            canonical += [UInt8(ascii: "-")] + variant
        }
        self.text = String(decoding: canonical, as: UTF8.self)
    }

    /// ``text``.
    public var description: String { text }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet)
    }

    private static func isDigit(_ octet: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
    }

    private static func isRegion(_ subtag: [UInt8]) -> Bool {
        subtag.count == 2 && subtag.allSatisfy(isLetter) || subtag.count == 3 && subtag.allSatisfy(isDigit)
    }

    private static func isVariant(_ subtag: [UInt8]) -> Bool {
        guard subtag.allSatisfy({ isLetter($0) || isDigit($0) }) else { return false }
        return (5...8).contains(subtag.count) || subtag.count == 4 && isDigit(subtag[0])
    }

    private static func capital(_ octet: UInt8) -> UInt8 {
        isLetter(octet) ? octet & 0xDF : octet
    }
}
