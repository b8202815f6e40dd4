// SPDX-License-Identifier: Apache-2.0

/// The icon of the pages: a padlock of 16 by 16 points in one colour, which shows on light and on dark.
///
/// - Source: the ICO format, with a bitmap of one bit for each point
enum Favicon {
    static let contentType = "image/x-icon"

    /// The points, from the top; the leftmost is the highest bit.
    private static let rows: [UInt16] = [
        0b0000_0000_0000_0000,
        0b0000_0011_1100_0000,
        0b0000_0111_1110_0000,
        0b0000_1110_0111_0000,
        0b0000_1100_0011_0000,
        0b0000_1100_0011_0000,
        0b0000_1100_0011_0000,
        0b0011_1111_1111_1100,
        0b0011_1111_1111_1100,
        0b0011_1110_0111_1100,
        0b0011_1110_0111_1100,
        0b0011_1110_0111_1100,
        0b0011_1111_1111_1100,
        0b0011_1111_1111_1100,
        0b0001_1111_1111_1000,
        0b0000_0000_0000_0000,
    ]

    static let bytes: [UInt8] = {
        let side = UInt8(rows.count)
        let image = header + palette + lines(rows.map { _ in 0xffff }) + lines(rows.map { ~$0 })
        let directory: [UInt8] = [0, 0, 1, 0, 1, 0, side, side, 2, 0, 1, 0, 1, 0]
        return directory + octets(UInt32(image.count)) + octets(UInt32(directory.count + 8)) + image
    }()

    /// The bitmap's own header: it counts the lines of both bitmaps, that of the points and that of the transparent ones.
    private static var header: [UInt8] {
        let side = UInt32(rows.count)
        // One plane, one bit for each point.
        let format: [UInt8] = [1, 0, 1, 0]
        let sizes: [UInt32] = [0, 8 * side, 0, 0, 2, 0]
        return [40, side, 2 * side].flatMap(octets) + format + sizes.flatMap(octets)
    }

    /// Blue, green, red: of the points that are not set, and of those that are.
    private static let palette: [UInt8] = [0, 0, 0, 0, 0xd8, 0x6e, 0x1f, 0]

    /// The lines from the bottom, each as long as a multiple of 32 points.
    private static func lines(_ rows: [UInt16]) -> [UInt8] {
        rows.reversed().flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff), 0, 0] }
    }

    private static func octets(_ number: UInt32) -> [UInt8] {
        [UInt8(number & 0xff), UInt8(number >> 8 & 0xff), UInt8(number >> 16 & 0xff), UInt8(number >> 24)]
    }
}
