// SPDX-License-Identifier: Apache-2.0

/// The code that writes a label of a domain name in ASCII, and reads it back; without the prefix `xn--`.
///
/// Works on code points and octets, and knows nothing of which of them may stand in a label (``IDNALabel``).
///
/// Cost: quadratic in the code points of a label, of which there are at most ``maximumCodePoints``.
/// - Source: RFC 3492 §6.2 and §6.3, with the parameters of §5 and the check for overflow of §6.4.
enum Punycode {
    /// More code points are neither written nor read; a label of a domain name holds fewer.
    static let maximumCodePoints = 128

    /// The octets of a label; `nil` where it is too long.
    static func encode(_ label: [Unicode.Scalar]) -> [UInt8]? {
        guard label.count <= maximumCodePoints else { return nil }
        let points = label.map(\.value)
        var output = points.filter { $0 < 0x80 }.map { UInt8(truncatingIfNeeded: $0) }
        let basicCount = UInt32(truncatingIfNeeded: output.count)
        if basicCount > 0 { output.append(delimiter) }
        var (n, delta, bias, handled) = (initialN, UInt32(0), initialBias, basicCount)
        while handled < points.count {
            guard let next = points.filter({ $0 >= n }).min() else { return nil }
            let (step, isTooFar) = (next - n).multipliedReportingOverflow(by: handled + 1)
            let (sum, isTooMuch) = delta.addingReportingOverflow(step)
            guard !isTooFar, !isTooMuch else { return nil }
            (delta, n) = (sum, next)
            for point in points {
                if point < n {
                    guard delta < .max else { return nil }
                    delta += 1
                }
                guard point == n else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            guard delta < .max else { return nil }
            delta += 1
            n += 1
        }
        return output
    }

    /// The code points of a label; `nil` for octets that no label is written as.
    ///
    /// The digits of the code are read in either case, letters of ASCII are kept as they are. Two texts may be read as the
    /// same label: only what ``encode(_:)`` gives for it is its form.
    static func decode(_ octets: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
        guard octets.allSatisfy({ $0 < 0x80 }) else { return nil }
        var digits = octets[...]
        var label: [Unicode.Scalar] = []
        if let end = octets.lastIndex(of: delimiter) {
            label = octets[..<end].map { Unicode.Scalar($0) }
            digits = octets[octets.index(after: end)...]
        }
        var (n, index, bias) = (initialN, UInt32(0), initialBias)
        while let first = digits.first {
            guard label.count < maximumCodePoints else { return nil }
            let start = index
            var (weight, k, next) = (UInt32(1), base, Optional(first))
            while true {
                guard let octet = next, let digit = value(of: octet) else { return nil }
                digits = digits.dropFirst()
                let (step, isTooFar) = digit.multipliedReportingOverflow(by: weight)
                let (sum, isTooMuch) = index.addingReportingOverflow(step)
                guard !isTooFar, !isTooMuch else { return nil }
                index = sum
                let threshold = threshold(k, bias: bias)
                if digit < threshold { break }
                let (product, isTooHeavy) = weight.multipliedReportingOverflow(by: base - threshold)
                guard !isTooHeavy else { return nil }
                (weight, k, next) = (product, k + base, digits.first)
            }
            let count = UInt32(truncatingIfNeeded: label.count) + 1
            bias = adapted(index - start, count: count, isFirst: start == 0)
            let (point, isTooMuch) = n.addingReportingOverflow(index / count)
            guard !isTooMuch, let scalar = Unicode.Scalar(point) else { return nil }
            n = point
            index %= count
            label.insert(scalar, at: Int(index))
            index += 1
        }
        return label
    }

    private static let delimiter = UInt8(ascii: "-")
    private static let base: UInt32 = 36
    private static let tMin: UInt32 = 1
    private static let tMax: UInt32 = 26
    private static let initialN: UInt32 = 0x80
    private static let initialBias: UInt32 = 72

    private static func append(_ delta: UInt32, bias: UInt32, to output: inout [UInt8]) {
        var rest = delta
        var k = base
        while true {
            let threshold = threshold(k, bias: bias)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(rest))
    }

    private static func threshold(_ k: UInt32, bias: UInt32) -> UInt32 {
        k <= bias ? tMin : min(k - bias, tMax)
    }

    private static func adapted(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k: UInt32 = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + 38)
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? value + 97 : value + 22)
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch ASCIICase.lowered(digit) {
        case let letter where (0x61...0x7A).contains(letter): UInt32(letter - 0x61)
        case let number where (0x30...0x39).contains(number): UInt32(number - 0x30) + 26
        default: nil
        }
    }
}
