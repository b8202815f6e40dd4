// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOHTTP1

/// A reply as another server sent it.
struct RecordedReply: Sendable {
    /// All of it.
    let bytes: ByteBuffer
    let head: HTTPResponseHead
    let body: ByteBuffer

    init(file: String) throws {
        bytes = try Self.contents(of: file)
        let lines = String(buffer: bytes).split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: "") else { throw UsageError() }
        var headers = HTTPHeaders()
        for line in lines[1..<end] {
            guard let colon = line.firstIndex(of: ":") else { throw UsageError() }
            headers.add(name: String(line[..<colon]), value: String(line[colon...].dropFirst(2)))
        }
        head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        body = ByteBuffer(string: lines[(end + 1)...].joined(separator: "\r\n"))
    }

    private static func contents(of file: String) throws -> ByteBuffer {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UsageError() }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { throw UsageError() }
        return ByteBuffer(bytes: buffer.prefix(count))
    }
}
