// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import Logging
internal import NIOCore

/// One line for each request, and a warning for each slow one.
///
/// The line names the route's template, never the target, which may hold identifiers or a token in the query. A refusal
/// has its true reason, in words of this program: `bad_token_expired` where the caller is told of an invalid token.
struct AccessLog: Sendable {
    private let logger: Logger
    private let isEnabled: Bool
    private let addresses: LoggedClientAddress
    private let proxies: ProxyTrust
    /// From how many nanoseconds on a request is slow.
    private let slow: UInt64

    /// The level is read once: asking a logger for each request costs more than not logging.
    init(_ configuration: HTTPConfiguration, logger: Logger) {
        self.logger = logger
        isEnabled = logger.logLevel <= .info
        addresses = configuration.loggedClientAddress
        proxies = configuration.proxies
        slow = configuration.slowRequest.map { UInt64(clamping: TimeAmount($0).nanoseconds) } ?? .max
    }

    /// Failures of the server are logged as errors, everything else for information; what was answered from memory
    /// without a fault is not logged, because there may be a hundred thousand such lines a second.
    ///
    /// A request that waits for others by its nature, as at the change feed, is never slow.
    func record(_ reply: borrowing Reply, _ context: borrowing RequestContext, _ route: Route?, nanoseconds: UInt64) {
        let isSlow = nanoseconds >= slow && route?.endpoint.cancelsOnDisconnect != true
        guard isEnabled || isSlow else { return }
        let status = reply.status
        let isQuiet = status.rawValue < 400 && route?.endpoint.immediate != nil
        if isQuiet, !isSlow { return }
        var metadata: Logger.Metadata = [
            "request_id": "\(context.id)",
            "method": "\(context.request.method?.rawValue ?? "other")",
            "route": "\(route?.endpoint.path.description ?? "none")",
            "status": .stringConvertible(status.rawValue),
            "microseconds": .stringConvertible(nanoseconds / 1000),
        ]
        if addresses != .off {
            let client = ClientAddress(context.request, trust: proxies).address
            if let text = addresses.text(for: client) { metadata["client"] = "\(text)" }
        }
        if let reason = reply.reason { metadata["reason"] = "\(reason)" }
        if isEnabled, !isQuiet {
            logger.log(level: status == .internalServerError ? .error : .info, "request", metadata: metadata)
        }
        if isSlow { logger.warning("slow request", metadata: metadata) }
    }
}
