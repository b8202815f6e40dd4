// SPDX-License-Identifier: Apache-2.0

/// A pattern of addresses in the operator's list.
struct RedirectPattern: Hashable, Sendable {
    /// The longest pattern in octets.
    static let maximumBytes = 256
    /// The most stars of either kind.
    static let maximumStars = 4

    private let scheme: [UInt8]
    private let authority: [Element]?
    private let rest: [Element]

    /// Reads a pattern; `nil` for a malformed one.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes, URLText.isPlain(text.utf8), !text.utf8.contains(UInt8(ascii: "#")),
            let parts = RedirectParts(text.utf8[...]), parts.isWeb || parts.isApp,
            let rest = Self.elements(parts.rest), Self.stars(in: text) <= Self.maximumStars,
            // Where a question mark ends the host it could have been meant for one octet of it, and brackets for a class.
            parts.rest.first != UInt8(ascii: "?"),
            !parts.rest.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") })
        else { return nil }
        scheme = Array(parts.scheme)
        self.rest = rest
        guard let written = parts.authority else {
            guard parts.isApp else { return nil }
            authority = nil
            return
        }
        if parts.isWeb { guard Self.isHostAndPort(Array(written)) else { return nil } }
        guard !written.contains(UInt8(ascii: "@")), let elements = Self.elements(written.map { ASCIICase.lowered($0) })
        else { return nil }
        authority = elements
    }

    /// Whether the address is one of the pattern's; host and rest are compared apart, so that no star of one reaches the other.
    func matches(_ address: RedirectAddress) -> Bool {
        guard address.scheme.elementsEqual(scheme) else { return false }
        switch (authority, address.authority) {
        case (nil, nil): break
        case (let elements?, let octets?):
            guard Self.match(elements, octets) else { return false }
        case (nil, _), (_, nil): return false
        }
        return Self.match(rest, address.rest)
    }

    // MARK: - Reading

    private enum Element: Hashable, Sendable {
        /// This octet.
        case octet(UInt8)
        /// One octet that is no separator.
        case one
        /// Any number of octets that are no separators.
        case within
        /// Any number of octets.
        case across
    }

    private static func elements(_ octets: some Sequence<UInt8>) -> [Element]? {
        var elements: [Element] = []
        for octet in octets {
            switch octet {
            case UInt8(ascii: "?"): elements.append(.one)
            case UInt8(ascii: "*"):
                switch elements.last {
                case .across: return nil
                case .within: elements[elements.count - 1] = .across
                case .octet, .one, nil: elements.append(.within)
                }
            default: elements.append(.octet(octet))
            }
        }
        return elements
    }

    private static func stars(in text: String) -> Int {
        var count = 0
        var last: UInt8?
        for octet in text.utf8 {
            if octet == UInt8(ascii: "*"), last != octet { count += 1 }
            last = octet
        }
        return count
    }

    /// Whether a host with stars is one whose last label is spelt out, and the port is a number or one star.
    private static func isHostAndPort(_ written: [UInt8]) -> Bool {
        let star = UInt8(ascii: "*")
        guard written.contains(star) else {
            return WebURL("https://\(String(decoding: written, as: UTF8.self))") != nil
        }
        var host = written[...]
        if let colon = written.lastIndex(of: UInt8(ascii: ":")), written.last != UInt8(ascii: "]") {
            let port = written[(colon + 1)...]
            guard port.elementsEqual("*".utf8) || WebURL("https://a:\(String(decoding: port, as: UTF8.self))") != nil
            else { return false }
            host = written[..<colon]
        }
        // A star stands for a part of a name: with a letter in its place there must be a host.
        let sample = host.map { $0 == star ? UInt8(ascii: "a") : $0 }
        let label = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last ?? []
        return !label.contains(star) && WebURL("https://\(String(decoding: sample, as: UTF8.self))") != nil
    }

    // MARK: - Comparing

    /// Whether the elements stand for all of the octets.
    ///
    /// All places that the pattern can have come to are kept at once, so no text makes it go back.
    private static func match(_ elements: [Element], _ octets: some Sequence<UInt8>) -> Bool {
        var places: [Int] = []
        // For each place, the step at which it was last reached.
        var reached = [Int](repeating: -1, count: elements.count + 1)
        func reach(_ start: Int, at step: Int, _ places: inout [Int]) {
            var place = start
            while reached[place] != step {
                reached[place] = step
                places.append(place)
                // A star also stands for nothing.
                guard place < elements.count, elements[place] == .within || elements[place] == .across else { return }
                place += 1
            }
        }
        var step = 0
        reach(0, at: step, &places)
        for octet in octets {
            step += 1
            let isSeparator = octet == UInt8(ascii: ".") || octet == UInt8(ascii: "/")
            var next: [Int] = []
            for place in places where place < elements.count {
                switch elements[place] {
                case .octet(let expected): if expected == octet { reach(place + 1, at: step, &next) }
                case .one: if !isSeparator { reach(place + 1, at: step, &next) }
                case .within: if !isSeparator { reach(place, at: step, &next) }
                case .across: reach(place, at: step, &next)
                }
            }
            guard !next.isEmpty else { return false }
            places = next
        }
        return reached[elements.count] == step
    }
}
