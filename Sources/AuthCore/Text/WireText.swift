// SPDX-License-Identifier: Apache-2.0

/// Text from the network: equal, hashed and matched by its octets.
///
/// Swift's `String` is equal where Unicode says so. To find that out it sorts each run of combining marks, which takes
/// time that grows with the square of the run's length, and it makes `K` and the Kelvin sign one. A name in a protocol
/// is octets, so what a client sends is compared, looked up and switched over as this type.
///
/// Cost: at most one pass over the octets.
package struct WireText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text as it was received.
    package let text: String

    /// Takes a text.
    package init(_ text: String) {
        self.text = text
    }

    /// Takes a text that the program spells out, such as a pattern of a `switch`.
    package init(stringLiteral text: String) {
        self.text = text
    }

    package static func == (left: WireText, right: WireText) -> Bool {
        left.text.hasSameOctets(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        text.hashOctets(into: &hasher)
    }

    package var description: String { text }
}

// Not generic: a generic function of this module is not specialised where others call it, which costs more than the work.
extension String {
    /// Whether both texts have the same octets in UTF-8, eight at a time; not in constant time.
    package func hasSameOctets(as other: String) -> Bool {
        areSame(utf8.span.bytes, other.utf8.span.bytes)
    }

    /// The same for a part of a text.
    package func hasSameOctets(as other: Substring) -> Bool {
        areSame(utf8.span.bytes, other.utf8.span.bytes)
    }

    /// Feeds the octets into a hasher, in such a way that no text is the beginning of another.
    package func hashOctets(into hasher: inout Hasher) {
        utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Substring {
    /// Whether both texts have the same octets in UTF-8, eight at a time; not in constant time.
    package func hasSameOctets(as other: String) -> Bool {
        areSame(utf8.span.bytes, other.utf8.span.bytes)
    }

    /// The same for a part of a text.
    package func hasSameOctets(as other: Substring) -> Bool {
        areSame(utf8.span.bytes, other.utf8.span.bytes)
    }
}

private func areSame(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    return left.withUnsafeBytes { left in
        right.withUnsafeBytes { right in
            var index = 0
            while left.count &- index >= 8 {
                let own = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                guard own == right.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
                index &+= 8
            }
            while index < left.count {
                guard left[index] == right[index] else { return false }
                index &+= 1
            }
            return true
        }
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    /// The case whose raw value has exactly these octets; `nil` if there is none.
    ///
    /// Cost: a comparison with each case.
    package init?(octetsOf text: String) {
        self.init(octetsOf: text[...])
    }

    /// The same for a part of a text.
    package init?(octetsOf text: Substring) {
        guard let match = Self.allCases.first(where: { $0.rawValue.hasSameOctets(as: text) }) else { return nil }
        self = match
    }
}
