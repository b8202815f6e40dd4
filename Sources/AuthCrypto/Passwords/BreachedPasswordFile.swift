// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import CLibCrypto
import Glibc

/// A file of passwords that are known from breaches, searched on disk without being loaded.
///
/// It has a line for each, `SHA1` or `SHA1:COUNT`, with the digest in hexadecimal of one letter case, in ascending order: the
/// form in which "Pwned Passwords" is downloaded. A byte order mark before the first line is skipped. Nothing is loaded: a look-up reads about as many blocks as the number of
/// lines has binary digits.
///
/// The file may be replaced by renaming another over it; this one is read until the process ends.
public final class BreachedPasswordFile: Sendable {
    /// Why a file cannot be used.
    public enum Failure: Error, Equatable, Sendable {
        /// The system refuses to open it; its error number.
        case cannotOpen(code: Int32)
        /// It is no regular file, or empty.
        case notAFile
        /// A line of it is no digest, or its first and last lines are not in order.
        case malformed
    }

    /// A digest in hexadecimal, a colon, a count and a line end: no line is longer.
    private static let longestLine = 64
    private static let digestLength = 40

    private let file: Descriptor
    private let size: Int
    /// Where the first line begins.
    private let start: Int

    /// Opens a file and looks at both its ends.
    ///
    /// Blocks for a few reads.
    public init(path: String) throws(Failure) {
        // Opening must not wait, even if the path is a pipe.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw .cannotOpen(code: errno) }
        file = Descriptor(owning: number)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
            let size = Int(exactly: status.st_size)
        else { throw .notAFile }
        self.size = size
        start = try Self.read(file, at: 0, count: min(size, 3)) == ByteOrderMark.octets ? 3 : 0
        guard start < size else { throw .malformed }
        let first = try line(around: start, from: start, to: size)
        let last = try line(around: size - 1, from: start, to: size)
        guard !last.digest.lexicographicallyPrecedes(first.digest) else { throw .malformed }
    }

    /// Whether a password is in the file.
    ///
    /// Blocks for some thirty reads of a thousand million lines.
    /// - Throws: `.malformed`, also where the file can no longer be read.
    public func contains(_ password: Password) throws(Failure) -> Bool {
        guard let wanted = Self.digest(of: password) else { throw .malformed }
        // Both always lie on the start of a line or the end of the file.
        var low = start
        var high = size
        while low < high {
            let middle = try line(around: low + (high - low) / 2, from: low, to: high)
            if middle.digest == wanted { return true }
            if middle.digest.lexicographicallyPrecedes(wanted) {
                low = middle.end
            } else {
                high = middle.start
            }
        }
        return false
    }

    /// A line without its count, where it begins, and where the next one does.
    private struct Line {
        let digest: ArraySlice<UInt8>
        let start: Int
        let end: Int
    }

    /// The line that the byte at `offset` belongs to, between the starts of two others.
    private func line(around offset: Int, from low: Int, to high: Int) throws(Failure) -> Line {
        let begin = max(low, offset - Self.longestLine)
        let bytes = try Self.read(file, at: begin, count: min(high, offset + Self.longestLine) - begin)
        let place = offset - begin
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
        guard start > 0 || begin == low else { throw .malformed }
        let end = bytes[place...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
        guard end < bytes.count || begin + end == high || bytes[end - 1] == newline else { throw .malformed }
        let digest = bytes[start..<end].prefix(Self.digestLength)
        let rest = bytes[start..<end].dropFirst(Self.digestLength).first
        guard digest.count == Self.digestLength, digest.allSatisfy(Self.isHexadecimal),
            rest.map({ [UInt8(ascii: ":"), UInt8(ascii: "\r"), newline].contains($0) }) ?? true
        else { throw .malformed }
        // In upper case, which keeps the order of a file of one case.
        return Line(digest: ArraySlice(digest.map(Self.uppercased)), start: begin + start, end: begin + end)
    }

    private static func read(_ file: Descriptor, at offset: Int, count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(file.number, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .malformed }
            done += got
        }
        return bytes
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }

    private static func uppercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "a") ? byte - 0x20 : byte
    }

    /// The SHA-1 digest in hexadecimal; it guards nothing, it only names the password in the file.
    static func digest(of password: Password) -> ArraySlice<UInt8>? {
        var digest = [UInt8](repeating: 0, count: 20)
        let result = password.withBytes { bytes in
            EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha1(), nil)
        }
        guard result == 1 else { return nil }
        let digits = Array("0123456789ABCDEF".utf8)
        return ArraySlice(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
