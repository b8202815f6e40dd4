// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import Logging
internal import NIOCore
internal import Synchronization

/// Tells the operator which setting makes requests be refused or lose a part of their effect: a line a minute at most for each
/// cause, with how many were left out since.
///
/// A line has names of our own, the peer's address and two fields of browsers, shortened to what can stand in a log.
final class RefusalNotices: Sendable {
    private enum Kind: Hashable {
        case refusal(RefusalCause)
        /// A forwarding field of a peer on this host.
        case forwardingFromHost
        /// A forwarding field of any other peer that is not trusted.
        case forwardingFromPeer
    }

    private let trust: ProxyTrust
    private let allowedOrigins: Set<WireText>
    private let publicURL: String?
    private let logger: Logger
    private let now: @Sendable () -> NIODeadline
    private let warnings = Mutex<[Kind: RareWarning]>([:])

    init(
        _ configuration: HTTPConfiguration, logger: Logger, now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        trust = configuration.proxies
        allowedOrigins = Set(configuration.allowedOrigins.map { WireText($0) })
        publicURL = configuration.publicURL
        self.logger = logger
        self.now = now
    }

    /// Looks at a refusal, and tells of it where a setting is its cause.
    func look(at refusal: Refusal, of request: Request) {
        if let cause = RefusalCause(refusal.kind) { tell(cause, request) }
    }

    /// Tells of a refused request, or of one whose answer its page may not read.
    func tell(_ cause: RefusalCause, _ request: Request) {
        guard let omitted = omitted(before: .refusal(cause)) else { return }
        var metadata: Logger.Metadata = ["setting": "\(cause.setting)"]
        if omitted > 0 { metadata["repeated"] = .stringConvertible(omitted) }
        switch cause {
        case .foreignOrigin, .crossSiteRequest:
            let origin = request.field("origin")
            metadata["origin"] = "\(Self.shown(origin))"
            metadata["listed"] = .stringConvertible(origin.map { allowedOrigins.contains(WireText($0)) } ?? false)
            metadata["public_url"] = "\(publicURL ?? "none")"
            if cause == .crossSiteRequest { metadata["site"] = "\(Self.shown(request.field("sec-fetch-site")))" }
        case .insecureCookies, .unknownAddress:
            metadata["peer"] = "\(request.peer?.description ?? "none")"
        case .sessionLimit, .oldSignIn, .unverifiedAddress, .closedRegistration, .unlistedDomain, .foreignProviderFlow,
            .noMailServer:
            break
        }
        logger.log(level: cause.level, cause.message, metadata: metadata)
    }

    /// Looks at a request that has a forwarding field, and tells of it where its peer is not trusted to send one: behind such a
    /// proxy all clients count as one source.
    ///
    /// The line has nothing that a client wrote.
    func lookAtForwarding(of request: Request) {
        guard let peer = request.peer, !trust.trusts(peer) else { return }
        guard let omitted = omitted(before: peer.isLoopback ? .forwardingFromHost : .forwardingFromPeer) else { return }
        let name = fieldName(in: request)
        let metadata: Logger.Metadata = omitted > 0 ? ["repeated": .stringConvertible(omitted)] : [:]
        if peer.isLoopback, trust.networks.isEmpty {
            logger.warning(
                """
                \(name) came from \(peer), and TRUSTED_PROXIES is empty: a proxy on this machine is likely, and all its \
                clients count as one source.
                """, metadata: metadata)
        } else {
            logger.warning(
                "\(name) came from \(peer), which is not in TRUSTED_PROXIES: it has no effect.", metadata: metadata)
        }
    }

    /// How many lines of a kind were left out before the one that is due now; `nil` where none is due.
    private func omitted(before kind: Kind) -> Int? {
        let now = now()
        return warnings.withLock { $0[kind, default: RareWarning()].count(at: now) }.map { $0 - 1 }
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

    /// A field of a browser as the log shows it: at most 100 octets, and a question mark for each that is not printable ASCII.
    static func shown(_ value: String?) -> String {
        guard let value else { return "none" }
        let longest = 100
        let octets = value.utf8.prefix(longest).map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: octets, as: UTF8.self) + (value.utf8.count > longest ? "…" : "")
    }
}
