// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// Unicode Normalization Form C.
///
/// The standard library has the algorithm but shows it only through an SPI, so it is reached in this one file and tested
/// against Unicode's own vectors.
///
/// - Source: Unicode Standard Annex #15.
public enum UnicodeNormalization {
    /// The composed form of a text: equal for all canonically equivalent spellings, and for those only.
    ///
    /// Compatibility forms stay apart: a ligature or a full-width letter is not turned into a plain one. ASCII is
    /// returned as it is.
    ///
    /// Cost: n log n for n code points, whatever they are.
    public static func nfc(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: CombiningMarks.ordered(text)._nfc)
        return String(scalars)
    }
}
