// SPDX-License-Identifier: Apache-2.0

/// Writes a label of a domain name in ASCII.
///
/// - Source: RFC 3492 §6.3 with the parameters of §5.
enum Punycode {
    /// The form that name servers and mail servers know: the label itself if it is ASCII, else `xn--` and its encoding.
    ///
    /// Cost: quadratic in a label, which an ``EmailAddress`` bounds to 63 octets.
    /// - Returns: `nil` where the form is longer than a label may be.
    static func asciiLabel(_ label: Substring.UnicodeScalarView) -> String? {
        guard !label.allSatisfy(\.isASCII) else { return String(label) }
        guard let encoded = encode(label) else { return nil }
        let text = "xn--" + encoded
        return text.utf8.count <= 63 ? text : nil
    }

    private static let base: UInt32 = 36
    private static let tMin: UInt32 = 1
    private static let tMax: UInt32 = 26

    private static func encode(_ label: Substring.UnicodeScalarView) -> String? {
        let points = label.map(\.value)
        var output = points.filter { $0 < 0x80 }.map { UInt8($0) }
        let basicCount = UInt32(output.count)
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias, handled) = (UInt32(0x80), UInt32(0), UInt32(72), basicCount)
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
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ delta: UInt32, bias: UInt32, to output: inout [UInt8]) {
        var rest = delta
        var k = base
        while true {
            let threshold = k <= bias ? tMin : min(k - bias, tMax)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(rest))
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
}
