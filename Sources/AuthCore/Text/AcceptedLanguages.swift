// SPDX-License-Identifier: Apache-2.0

/// What `Accept-Language` says.
///
/// - Source: RFC 9110 §12.5.4
struct AcceptedLanguages {
    /// How many octets of the field are read; browsers send less than a tenth of them.
    static let maximumOctets = 2_048
    /// How many languages are read.
    static let maximumCount = 16

    private struct Element {
        let range: LanguageRange
        /// In thousandths.
        let quality: Int
    }

    private var elements: [Element] = []

    /// Reads the lines of the field; an element that is malformed is passed over.
    ///
    /// Cost: one pass over at most ``maximumOctets``.
    init(_ lines: [String]) {
        var octetsLeft = Self.maximumOctets
        for line in lines where octetsLeft > 0 {
            let octets = Array(line.utf8.prefix(octetsLeft))
            octetsLeft -= octets.count
            for element in octets.split(separator: UInt8(ascii: ",")) {
                guard elements.count < Self.maximumCount else { return }
                if let element = Self.element(element) { elements.append(element) }
            }
        }
    }

    /// The languages that are wanted, the most wanted first; among those wanted alike the first in the field.
    var wanted: [LanguageRange] {
        elements.enumerated().filter { $0.element.quality > 0 }
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element.range)
    }

    /// Whether a language is not wanted: the range that names it most exactly has the weight 0.
    func excludes(_ tag: LanguageTag) -> Bool {
        let named = elements.compactMap { element in
            element.range.precision(in: tag).map { (precision: $0, quality: element.quality) }
        }
        guard let precision = named.map(\.precision).max() else { return false }
        return named.filter { $0.precision == precision }.allSatisfy { $0.quality == 0 }
    }

    private static func element(_ octets: ArraySlice<UInt8>) -> Element? {
        let parts = octets.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let range = LanguageRange(trimmed(parts[0])) else { return nil }
        guard parts.count == 2 else { return Element(range: range, quality: 1_000) }
        let weight = trimmed(parts[1])
        guard let name = weight.first, ASCIICase.lowered(name) == UInt8(ascii: "q"),
            weight.dropFirst().first == UInt8(ascii: "="), let quality = thousandths(weight.dropFirst(2))
        else { return nil }
        return Element(range: range, quality: quality)
    }

    /// Without the spaces and tabs around.
    private static func trimmed(_ octets: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        var trimmed = octets.drop(while: isSpace)
        while let last = trimmed.last, isSpace(last) { trimmed.removeLast() }
        return trimmed
    }

    /// A weight from 0 to 1 with at most three decimals, in thousandths. - Source: RFC 9110 §12.4.2
    private static func thousandths(_ octets: ArraySlice<UInt8>) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard octets.count <= 5, let first = octets.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1")
        else {
            return nil
        }
        var value = Int(first - UInt8(ascii: "0"))
        var decimals = octets.dropFirst()
        if let point = decimals.first {
            guard point == UInt8(ascii: ".") else { return nil }
            decimals.removeFirst()
        }
        for place in 0..<3 {
            value *= 10
            guard place < decimals.count else { continue }
            let octet = decimals[decimals.startIndex + place]
            guard digits.contains(octet) else { return nil }
            value += Int(octet - UInt8(ascii: "0"))
        }
        return value <= 1_000 ? value : nil
    }
}
