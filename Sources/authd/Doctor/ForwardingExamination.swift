// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer

/// Whether the running daemon knows its clients behind the proxy, as the addresses in its audit log show.
enum ForwardingExamination {
    /// From how many events on, one address of a proxy in all of them cannot be chance.
    private static let enough = 10

    /// What the sources of the newest events mean behind a proxy that `proxies` describes.
    static func finding(sources: [String], proxies: ProxyTrust) -> DoctorFinding {
        let addresses = sources.compactMap { IPAddress($0) }
        guard !addresses.isEmpty else {
            return DoctorFinding(
                .warning, "proxy", "No event of a client is in the audit log yet: run this again after a sign-in.")
        }
        let events = Counted.things(Int64(addresses.count), "event", "events")
        let distinct = Set(addresses)
        guard let address = addresses.first, isProxy(distinct, proxies) else {
            let count = Counted.things(Int64(distinct.count), "address", "addresses")
            return DoctorFinding(.ok, "proxy", "The daemon saw clients of \(count) in the last \(events).")
        }
        let seen = "The last \(events) came from \(distinct.map(\.description).sorted().joined(separator: ", "))"
        guard addresses.count >= enough else {
            return DoctorFinding(
                .warning, "proxy",
                "\(seen): where that is the proxy and no client, the daemon does not see \(remedy(proxies, address))")
        }
        return DoctorFinding(
            .fault, "proxy",
            "\(seen), which must be the proxy: limits and audit log take all clients for one; the daemon does not see "
                + remedy(proxies, address))
    }

    /// What it means that the daemon took a request through the public address for one that came without a proxy.
    static func direct(_ url: String, proxies: ProxyTrust) -> DoctorFinding {
        DoctorFinding(
            .fault, "proxy",
            "\(url) reaches the daemon without a forwarding field, so that all clients count as one: let the proxy send "
                + "\(proxies.header.rawValue), as docs/deployment.md shows.")
    }

    /// Whether addresses can be those of the proxy itself: trusted ones, or one of this host or of a private network where none is.
    private static func isProxy(_ addresses: Set<IPAddress>, _ proxies: ProxyTrust) -> Bool {
        guard proxies.networks.isEmpty else { return addresses.allSatisfy(proxies.trusts) }
        return addresses.count == 1 && addresses.allSatisfy { $0.isLoopback || $0.isPrivate }
    }

    private static func remedy(_ proxies: ProxyTrust, _ address: IPAddress) -> String {
        let header = proxies.header.rawValue
        return proxies.networks.isEmpty
            ? "\(header), because TRUSTED_PROXIES is empty: set TRUSTED_PROXIES=\(address)."
            : "\(header): let the proxy send it, or name the field that it sends in TRUSTED_PROXY_HEADER."
    }
}
