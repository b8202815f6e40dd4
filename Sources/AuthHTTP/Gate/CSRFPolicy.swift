// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthHTTPServer

/// Which pages may send requests that cookies authorize: the defence against forged requests of other sites.
///
/// A browser says by `Origin` and `Sec-Fetch-Site` where a request comes from, and no page can change that. A request that
/// says neither is refused, as it may come from a browser that is too old to.
///
/// - Source: Fetch §3.2; Fetch Metadata Request Headers §2.3.
package struct CSRFPolicy: Sendable {
    /// Where our own pages come from; `nil` where the configuration does not say.
    private let ownOrigin: String?
    private let allowedOrigins: Set<WireText>

    package init(_ configuration: HTTPConfiguration) {
        ownOrigin = configuration.publicURL.flatMap(Self.origin)
        allowedOrigins = Set(configuration.allowedOrigins.map { WireText($0) }).subtracting(["*", "null"])
    }

    /// Whether a request comes from a program on this machine, or from a page of this machine or of `ALLOWED_ORIGINS` that runs
    /// here: what development tells to its developer alone depends on it.
    ///
    /// The peer is a loopback address, no field speaks of a proxy, and `Host` names this machine.
    func isLocal(_ request: Request, from client: ClientAddress) -> Bool {
        let hosts = request.fields("host")
        guard client.isLocal, hosts.count == 1, let host = hosts.first, LoopbackHost.isNamed(by: host) else {
            return false
        }
        let origins = request.fields("origin")
        guard !origins.isEmpty || !request.fields("sec-fetch-site").isEmpty else { return true }
        return maySend(request) { origin in
            allowedOrigins.contains(WireText(origin)) || isPage(origin, of: host)
                || ownOrigin.map { origin.hasSameOctets(as: $0) } == true
        }
    }

    /// As ``isLocal(_:from:)``.
    func isLocal(_ call: Call) -> Bool {
        call.client.map { isLocal(call.request, from: $0) } ?? false
    }

    /// Whether the page that sent a request may send one that changes something.
    func maySend(_ request: Request) -> Bool {
        maySend(request) { isTrusted($0, request) }
    }

    private func maySend(_ request: Request, fromPageOf isTrusted: (String) -> Bool) -> Bool {
        let origins = request.fields("origin")
        let sites = request.fields("sec-fetch-site")
        guard origins.count <= 1, sites.count <= 1, origins.count + sites.count > 0 else { return false }
        if let origin = origins.first, !isTrusted(origin) { return false }
        switch sites.first.map({ WireText($0) }) {
        case nil, "same-origin": return true
        // A page of a sibling host (`same-site`) may send only if it is listed, which its origin alone can show.
        case "same-site": return !origins.isEmpty
        default: return false
        }
    }

    /// Whether a form of one of our own pages sent a request.
    ///
    /// Pages that send no `Referer` have the origin `null` in their forms, so that only `Sec-Fetch-Site` tells them from those
    /// of other sites. - Source: Fetch §3.2
    package func isOwnForm(_ request: Request) -> Bool {
        let origins = request.fields("origin")
        let sites = request.fields("sec-fetch-site")
        guard origins.count <= 1, sites.count <= 1 else { return false }
        guard let site = sites.first else { return origins.first.map { isOwn($0, request) } ?? false }
        guard site.hasSameOctets(as: "same-origin") else { return false }
        return origins.first.map { $0.hasSameOctets(as: "null") || isOwn($0, request) } ?? true
    }

    /// Whether such a form was sent on this machine, as ``isLocal(_:from:)`` has it.
    func isLocalForm(_ call: Call) -> Bool {
        let hosts = call.request.fields("host")
        guard call.client?.isLocal == true, hosts.count == 1, LoopbackHost.isNamed(by: hosts[0]) else { return false }
        return isOwnForm(call.request)
    }

    private func isTrusted(_ origin: String, _ request: Request) -> Bool {
        allowedOrigins.contains(WireText(origin)) || isOwn(origin, request)
    }

    private func isOwn(_ origin: String, _ request: Request) -> Bool {
        if let ownOrigin { return origin.hasSameOctets(as: ownOrigin) }
        // Without `PUBLIC_URL` only this machine is served with cookies, and only under names that always mean this
        // machine: an attacker can make the name of its own page resolve to it (DNS rebinding).
        guard let host = request.field("host"), LoopbackHost.isNamed(by: host) else { return false }
        return isPage(origin, of: host)
    }

    /// Whether an origin is that of a server under this `Host`, which is reached over plain HTTP.
    private func isPage(_ origin: String, of host: String) -> Bool {
        origin.hasSameOctets(as: "http://" + ASCIICase.lowered(host))
    }

    /// The origin of a URL of the configuration as browsers write it; `nil` where it has none.
    static func origin(of url: String) -> String? {
        // From the configuration.
        let parts = url.lowercased().split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)  // own text
        guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty else { return nil }
        let defaultPort: String
        switch parts[0] {
        case "https:": defaultPort = ":443"  // own text
        case "http:": defaultPort = ":80"  // own text
        default: return nil
        }
        let hasDefaultPort = parts[2].hasSuffix(defaultPort)  // own text
        let authority = hasDefaultPort ? parts[2].dropLast(defaultPort.count) : parts[2]
        return "\(parts[0])//\(authority)"
    }
}
