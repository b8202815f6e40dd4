// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import Logging

/// One line for each request.
///
/// The line names the route's template, never the target, which may hold identifiers or a token in the query. A refusal
/// has its true reason, in words of this program: `bad_token_expired` where the caller is told of an invalid token.
struct AccessLog: Sendable {
    private let logger: Logger
    private let isEnabled: Bool

    /// The level is read once: asking a logger for each request costs more than not logging.
    init(logger: Logger) {
        self.logger = logger
        self.isEnabled = logger.logLevel <= .info
    }

    /// Failures of the server are logged as errors, everything else for information; what was answered from memory
    /// without a fault is not logged, because there may be a hundred thousand such lines a second.
    func record(_ reply: borrowing Reply, _ context: borrowing RequestContext, _ route: Route?, nanoseconds: UInt64) {
        guard isEnabled else { return }
        let status = reply.status
        if status.rawValue < 400, route?.endpoint.immediate != nil { return }
        var metadata: Logger.Metadata = [
            "request_id": "\(context.id)",
            "method": "\(context.request.method?.rawValue ?? "other")",
            "route": "\(route?.endpoint.path.description ?? "none")",
            "status": "\(status.rawValue)",
            "microseconds": "\(nanoseconds / 1000)",
        ]
        if let reason = reply.reason { metadata["reason"] = "\(reason)" }
        logger.log(level: status == .internalServerError ? .error : .info, "request", metadata: metadata)
    }
}
