// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Decides which accepted connections are served: so many in all, and of those a share for each source.
///
/// A source is a peer's IPv4 address, or the /64 that its IPv6 address is in. A connection that is refused gets a 503 and
/// may stay for a moment, so that its client reads that; few may, and one more is closed with the last byte.
struct ConnectionQuota {
    enum Reason: Hashable {
        /// There are as many connections as allowed in all.
        case total
        /// The source has as many as one may have.
        case source
    }

    enum Verdict: Hashable {
        case serve
        /// Answer 503 and close, at once or after a moment.
        case refuse(Reason, lingers: Bool)
    }

    private let maximum: Int
    private let share: Int
    private let refusalRoom: Int
    private let exempt: [IPNetwork]
    private(set) var serving = 0
    private var refusing = 0
    private var bySource: [IPAddress: Int] = [:]

    init(_ configuration: ServerConfiguration) {
        maximum = configuration.maximumConnections
        share = configuration.connectionsPerSource
        refusalRoom = configuration.refusalRoom
        exempt = configuration.peersWithoutShare
    }

    /// Decides about a new connection and counts it.
    ///
    /// A peer of unknown address has no share of its own.
    mutating func admit(_ peer: IPAddress?) -> Verdict {
        let source = source(of: peer)
        let reason: Reason?
        if serving >= maximum {
            reason = .total
        } else if let source, bySource[source, default: 0] >= share {
            reason = .source
        } else {
            reason = nil
        }
        guard let reason else {
            serving += 1
            if let source { bySource[source, default: 0] += 1 }
            return .serve
        }
        guard refusing < refusalRoom else { return .refuse(reason, lingers: false) }
        refusing += 1
        return .refuse(reason, lingers: true)
    }

    /// Forgets a connection that has ended; `verdict` and `peer` are those of its beginning.
    mutating func leave(_ verdict: Verdict, from peer: IPAddress?) {
        switch verdict {
        case .refuse(_, let lingers):
            if lingers { refusing -= 1 }
        case .serve:
            serving -= 1
            guard let source = source(of: peer), let count = bySource[source] else { return }
            bySource[source] = count > 1 ? count - 1 : nil
        }
    }

    private func source(of peer: IPAddress?) -> IPAddress? {
        guard let peer, !exempt.contains(where: { $0.contains(peer) }) else { return nil }
        return peer.family == .v6 ? peer.prefix(64) : peer
    }
}
