// SPDX-License-Identifier: Apache-2.0

extension LanguageTag {
    /// The language that a request's `Accept-Language` wants most; `nil` where it names none.
    ///
    /// Of languages that are wanted alike it is the first. `*`, malformed elements and languages that are not wanted are
    /// passed over.
    ///
    /// Cost: one pass over at most 1,024 octets.
    /// - Source: RFC 9110 §12.5.4
    public init?(mostWantedIn acceptLanguage: String) {
        var best: (tag: LanguageTag, weight: Int)?
        let octets = acceptLanguage.utf8.prefix(1_024)
        for element in octets.split(separator: UInt8(ascii: ",")).prefix(16) {
            let parts = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            guard let name = parts.first, let tag = LanguageTag(String(decoding: Self.trimmed(name), as: UTF8.self)),
                let weight = Self.weight(parts.dropFirst()), weight > best?.weight ?? 0
            else { continue }
            best = (tag, weight)
        }
        guard let best else { return nil }
        self = best.tag
    }

    /// The weight in thousandths, which is the whole where none is given; `nil` for a malformed one.
    private static func weight(_ parameters: ArraySlice<Substring.UTF8View>) -> Int? {
        guard let parameter = parameters.first else { return 1_000 }
        let text = Array(trimmed(parameter))
        guard parameters.count == 1, text.count >= 3, text.count <= 7, ASCIICase.lowered(text[0]) == UInt8(ascii: "q"),
            text[1] == UInt8(ascii: "="), text.count < 4 || text[3] == UInt8(ascii: ".")
        else { return nil }
        var weight = 0
        for place in [2, 4, 5, 6] {
            weight *= 10
            guard place < text.count else { continue }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[place]) else { return nil }
            weight += Int(text[place] - UInt8(ascii: "0"))
        }
        return weight <= 1_000 ? weight : nil
    }

    /// Without the spaces and tabs around.
    private static func trimmed(_ octets: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }
        var trimmed = octets.drop(while: isBlank)
        while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
        return trimmed
    }
}
