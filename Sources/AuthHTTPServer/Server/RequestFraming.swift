// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import NIOHTTP1

/// How a request's bytes are delimited and what happens to the connection after it.
///
/// The parser already refuses most of what has two readings. What a front proxy and this server could still read
/// differently is refused here, because each such difference smuggles one client's bytes into another's request.
///
/// - Source: RFC 9112 §3.2, §6, §9.3, §11.2
struct RequestFraming: Equatable {
    /// Whether the client lets the connection stay open.
    let persistence: ReplyWriter.Persistence
    /// Whether the client waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
    /// Whether a body follows.
    let hasBody: Bool
    /// Whether the declared length of the body is over the limit.
    let isBodyTooLarge: Bool

    /// - Throws: `.unsupportedVersion`, `.malformed` for a missing, repeated or malformed `Host`, for both body lengths or
    ///   disagreeing ones, `.unsupportedCoding`, `.unsupportedExpectation`.
    init(_ head: HTTPRequestHead, maximumBodyBytes: Int) throws(TransportFailure) {
        let isOneOne = head.version == .http1_1
        guard isOneOne || head.version == .http1_0 else { throw .unsupportedVersion }
        var hosts = 0
        var length: String?
        var coding: String?
        var asksToClose = false
        var asksToStay = false
        var expectsContinue = false
        // The parser takes what follows such a request for another protocol, so it must be the last one.
        var isTunnel = head.method == .CONNECT
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where ASCIICase.matches(name, lowercase: "host"):
                guard HostField.isWellFormed(value) else { throw .malformed }
                hosts += 1
            case 14 where ASCIICase.matches(name, lowercase: "content-length"):
                guard length == nil else { throw .malformed }
                length = value
            case 17 where ASCIICase.matches(name, lowercase: "transfer-encoding"):
                guard coding == nil else { throw .malformed }
                coding = value
            case 10 where ASCIICase.matches(name, lowercase: "connection"):
                for option in FieldList.elements(of: [value]) {
                    if ASCIICase.matches(option, lowercase: "close") { asksToClose = true }
                    if ASCIICase.matches(option, lowercase: "keep-alive") { asksToStay = true }
                }
            case 7 where ASCIICase.matches(name, lowercase: "upgrade"):
                isTunnel = true
            case 6 where ASCIICase.matches(name, lowercase: "expect"):
                for expectation in FieldList.elements(of: [value]) {
                    guard ASCIICase.matches(expectation, lowercase: "100-continue") else {
                        throw .unsupportedExpectation
                    }
                    expectsContinue = isOneOne
                }
            default:
                continue
            }
        }
        guard hosts == 1 || (hosts == 0 && !isOneOne) else { throw .malformed }
        if let coding {
            guard length == nil, isOneOne else { throw .malformed }
            guard ASCIICase.matches(coding, lowercase: "chunked") else { throw .unsupportedCoding }
        }
        if let length {
            guard let bytes = Self.decimal(length) else { throw .malformed }
            self.hasBody = bytes > 0
            self.isBodyTooLarge = bytes > maximumBodyBytes
        } else {
            self.hasBody = coding != nil
            self.isBodyTooLarge = false
        }
        let closes = asksToClose || isTunnel || (!isOneOne && !asksToStay)
        self.persistence = closes ? .close : isOneOne ? .keepAlive : .keepAliveExplicitly
        self.expectsContinue = expectsContinue && hasBody
    }

    private static func decimal(_ text: String) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
