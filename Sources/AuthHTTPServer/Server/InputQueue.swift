// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// What becomes of a part that was read.
enum PartReception: Hashable {
    /// It is processed at once.
    case process
    /// It is kept until nothing is in its way any more, or ignored because the connection ends.
    case wait
    /// The client sent too much ahead: the connection is to be aborted.
    case excessive
}

/// What was read of a connection while it was blocked, up to ``ConnectionBounds/queue``.
///
/// One read is all there can be, unless the client has closed its half, after which everything is read.
struct InputQueue {
    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var weight = 0

    var isEmpty: Bool { parts.isEmpty }

    /// Keeps a part; `false` if that would be too much.
    mutating func append(_ part: HTTPServerRequestPart) -> Bool {
        weight += part.weight
        guard weight <= ConnectionBounds.queue else { return false }
        parts.append(part)
        return true
    }

    mutating func popFirst() -> HTTPServerRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        weight = parts.isEmpty ? 0 : weight - part.weight
        return part
    }

    mutating func removeAll() {
        parts.removeAll()
        weight = 0
    }
}

extension HTTPServerRequestPart {
    /// What the part holds in memory, reckoned generously.
    fileprivate var weight: Int {
        switch self {
        case .head(let head):
            head.headers.reduce(256 + head.uri.utf8.count) { sum, field in
                sum + 64 + field.name.utf8.count + field.value.utf8.count
            }
        case .body(let bytes): 128 + bytes.readableBytes
        case .end: 64
        }
    }
}
