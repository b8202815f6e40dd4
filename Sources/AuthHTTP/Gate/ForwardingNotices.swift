// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import Logging
internal import Synchronization

/// Tells the operator, once for each kind and process, that a peer speaks for others and is not trusted to: behind such a proxy
/// all clients count as one source.
final class ForwardingNotices: Sendable {
    private let trust: ProxyTrust
    private let logger: Logger
    private let hasNotedLoopback = Atomic(false)
    private let hasNotedOther = Atomic(false)

    init(trust: ProxyTrust, logger: Logger) {
        self.trust = trust
        self.logger = logger
    }

    /// Looks at a request that has a forwarding field.
    ///
    /// The line names the peer's address and one of our own names for fields, and nothing that a client wrote.
    func look(at request: Request) {
        guard let peer = request.peer, !trust.trusts(peer) else { return }
        guard peer.isLoopback ? Self.isFirst(hasNotedLoopback) : Self.isFirst(hasNotedOther) else { return }
        let name = fieldName(in: request)
        if peer.isLoopback, trust.networks.isEmpty {
            logger.warning(
                """
                \(name) came from \(peer), and TRUSTED_PROXIES is empty: a proxy on this machine is likely, and all its \
                clients count as one source.
                """)
        } else {
            logger.warning("\(name) came from \(peer), which is not in TRUSTED_PROXIES: it has no effect.")
        }
    }

    private static func isFirst(_ hasNoted: borrowing Atomic<Bool>) -> Bool {
        !hasNoted.load(ordering: .relaxed) && !hasNoted.exchange(true, ordering: .relaxed)
    }

    /// The field that would be read of a trusted proxy, or else another one that is there.
    private func fieldName(in request: Request) -> String {
        let configured = trust.header.rawValue
        guard request.field(configured) == nil else { return configured }
        return Self.names.first { request.field($0) != nil } ?? configured
    }

    private static let names = [
        "X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via",
    ]
}
