// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// SwiftNIO's HTTP/1 parser, as each connection begins with it.
enum RequestDecoding {
    /// A parser with the configured limits on the head.
    static func handler(boundedBy configuration: ServerConfiguration) -> any ChannelHandler {
        _ = firstUse
        return ByteToMessageHandler(decoder(limitedBy: configuration))
    }

    private static func decoder(limitedBy configuration: ServerConfiguration) -> HTTPRequestDecoder {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.maximumHeadBytes
        limits.maxHeaderListSize = configuration.maximumHeadBytes
        limits.maxHeaderFieldCount = configuration.maximumHeaderFields
        return HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: limits)
    }

    /// Makes the handler's type known to the language's runtime, once and on one thread.
    ///
    /// A nested generic type is looked up by name at its first use. Two event loops that accepted their first
    /// connections at the same moment have been seen to crash in `swift_conformsToProtocol` (Swift 6.3).
    private static let firstUse: Void = {
        _ = ByteToMessageHandler(HTTPRequestDecoder())
    }()
}
