// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTP

/// A piece of a page.
///
/// What a literal spells out is markup of ours; a text that is put into a literal is escaped. Text from outside cannot become
/// markup, because no initializer takes it.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    /// The octets of the page, as text.
    let markup: String

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        /// Puts a text in, escaped for a place between tags or between quotation marks.
        mutating func appendInterpolation(_ text: String) {
            markup += HTMLText.escaped(text)
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        /// Puts pieces in, each on a line of its own.
        mutating func appendInterpolation(_ pieces: [HTML]) {
            markup += pieces.map(\.markup).joined(separator: "\n")
        }
    }

    init(stringLiteral markup: String) {
        self.markup = markup
    }

    init(stringInterpolation interpolation: StringInterpolation) {
        markup = interpolation.markup
    }
}
