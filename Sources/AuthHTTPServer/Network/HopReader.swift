// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Reads the hops that proxies report from right to left, one at a time, and none that its caller does not ask for.
///
/// A proxy appends to what the client sent, so the client chooses all that stands to the left of its own address. Lists
/// are taken apart by octets: a comma is a comma, whatever stands before it.
struct HopReader {
    /// One step to the left.
    enum Step: Equatable {
        /// A hop that names an address.
        case hop(IPAddress)
        /// A hop that names none.
        case unreadable
        /// There is no further hop.
        case end
    }

    private let header: ProxyTrust.Header
    /// The lines of the field that have not been read to their left end.
    private var lines: ArraySlice<String>
    /// The part of the last line that has not been read; `nil` before any of it has.
    private var line: Substring.UTF8View?

    /// Begins at the right end of a field; `lines` are all of its lines, in order of appearance.
    init(_ lines: [String], header: ProxyTrust.Header) {
        self.header = header
        self.lines = lines[...]
    }

    mutating func next() -> Step {
        guard let line = line ?? lines.last.map({ $0[...].utf8 }) else { return .end }
        switch header {
        case .xForwardedFor:
            guard let comma = line.lastIndex(of: UInt8(ascii: ",")) else { return lastOfLine(address(in: line)) }
            self.line = line[..<comma]
            return address(in: line[line.index(after: comma)...])
        case .xRealIP:
            // A proxy overwrites this header. Several lines mean that it did not, so none is believed.
            return lines.count == 1 ? lastOfLine(address(in: line)) : .unreadable
        case .forwarded:
            guard let element = ForwardedHeader.lastElement(of: line) else { return .unreadable }
            let step = element.node.map { address(in: $0[...].utf8) } ?? .unreadable
            guard let rest = element.rest else { return lastOfLine(step) }
            self.line = rest
            return step
        }
    }

    private mutating func lastOfLine(_ step: Step) -> Step {
        lines = lines.dropLast()
        line = nil
        return step
    }

    private func address(in piece: Substring.UTF8View) -> Step {
        ClientAddress.address(inNode: FieldList.trimmed(piece)).map(Step.hop) ?? .unreadable
    }
}
