// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer

extension SettingReader {
    /// Where to listen, and for how long requests are waited for at the end.
    mutating func server(
        _ environment: DaemonConfiguration.Environment, processors: Int
    ) -> ServerConfiguration {
        let host = text(.host) ?? "127.0.0.1"
        let allowsRemote = flag(.devAllowRemote)
        if environment == .development, !allowsRemote, !Self.isLoopback(host) {
            refuse(
                .host,
                "lets other machines reach a development daemon, which hands out tokens freely; listen on 127.0.0.1, or "
                    + "set DEV_ALLOW_REMOTE=true.")
        }
        if !Self.isHost(host) {
            refuse(
                .host, "is neither a name nor an address; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses.")
        }
        var server = ServerConfiguration(
            host: host, port: integer(.port), eventLoopThreads: optionalInteger(.eventLoopThreads) ?? processors)
        server.maximumConnectionsPerSource = optionalInteger(.maxConnectionsPerSource)
        server.drainTimeout = .seconds(integer(.shutdownGraceSeconds))
        return server
    }

    /// How the HTTP interface presents itself and whom it believes.
    mutating func http(_ environment: DaemonConfiguration.Environment, appName: String) -> HTTPConfiguration {
        var http = HTTPConfiguration()
        http.appName = appName
        http.version = appVersion() ?? Version.text
        http.loggedClientAddress = word(.logClientAddress) ?? .full
        let slow = integer(.slowRequestMilliseconds)
        http.slowRequest = slow > 0 ? .milliseconds(slow) : nil
        http.prefix = prefix()
        http.publicURL = publicURL()
        http.allowedOrigins = allowedOrigins()
        http.proxies = proxies()
        http.limits = rateLimits(environment)
        http.isDevelopment = environment == .development
        http.exposesMetrics = flag(.metricsEnabled)
        http.exposesDocumentation = flag(.docsEnabled)
        return http
    }

    /// The operator's own version; `nil` where none is given.
    private mutating func appVersion() -> String? {
        guard let version = givenText(.appVersion) else { return nil }
        if version.utf8.count > 64 || !version.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            refuse(
                .appVersion,
                "is longer than 64 bytes or has characters other than printable ASCII: write one such as 1.4.2.")
        }
        return version
    }

    private mutating func prefix() -> String {
        guard let prefix = text(.apiPrefix), prefix != "/" else { return "" }
        let segments = prefix.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPath =
            prefix.hasPrefix("/")
            && segments.allSatisfy { segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.utf8.allSatisfy(PercentEncoding.isUnreserved)
            }
        if !isPath { refuse(.apiPrefix, "is no path such as /api/v1.") }
        // Under such a prefix a route would have the path of another one at the root.
        if let first = segments.first, AuthAPI.firstPathSegments.contains(String(first)) {
            refuse(.apiPrefix, "begins as routes at the root do; choose another first part.")
        }
        return prefix
    }

    private mutating func publicURL() -> String? {
        guard let text = text(.publicURL) else { return nil }
        var url = text
        while url.hasSuffix("/") { url.removeLast() }
        guard WebAddress(url) != nil else {
            refuse(.publicURL, Self.publicURLFault(text))
            return nil
        }
        return url
    }

    private static func publicURLFault(_ url: String) -> String {
        if !url.contains("://"), WebAddress("https://" + url) != nil {
            return "must start with https:// or http://; https://\(url) may be meant."
        }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            return "must start with https:// or http://, as in https://id.example.com."
        }
        return "is no https or http URL without user, parameters and fragment, such as https://id.example.com."
    }

    private mutating func allowedOrigins() -> Set<String> {
        let origins = list(.allowedOrigins)
        for origin in origins {
            if origin.contains("*") {
                refuse(
                    .allowedOrigins,
                    "has a *, but replies to an allowed origin carry credentials: list the origins one by one.")
            } else if WebAddress(origin)?.isOrigin != true {
                let meant = Self.origin(meantBy: origin).map { "\($0) may be meant" }
                refuse(
                    .allowedOrigins,
                    "has the entry \(Self.quoted(origin)), which is no origin; "
                        + "\(meant ?? "write scheme and host, and a port if there is one, as in https://app.example").")
            }
        }
        return Set(origins)
    }

    private mutating func proxies() -> ProxyTrust {
        let header = ProxyTrust.Header(choice(.trustedProxyHeader)) ?? .xForwardedFor
        let text = text(.trustedProxies) ?? ""
        guard let networks = IPNetwork.list(text) else {
            refuseNetworks(text)
            return ProxyTrust()
        }
        if networks.contains(where: { $0.length == 0 }) {
            refuse(.trustedProxies, "trusts every client; name the networks of the proxies.")
        }
        return ProxyTrust(networks: networks, header: header)
    }

    private mutating func refuseNetworks(_ text: String) {
        for entry in text.split(whereSeparator: { $0 == "," || $0 == " " }) where IPNetwork(entry) == nil {
            let quoted = Self.quoted(String(entry))
            if let network = IPNetwork(enclosing: entry) {
                refuse(.trustedProxies, "has the entry \(quoted), which has host bits set; \(network) may be meant.")
            } else {
                refuse(
                    .trustedProxies, "has the entry \(quoted), which is no network such as 10.0.0.0/8 or 2001:db8::/32."
                )
            }
        }
    }

    /// The origin in what looks like a URL, a host, or an entry of a JSON list.
    private static func origin(meantBy entry: String) -> String? {
        let bare = entry.lowercased().drop { "[\"' ".contains($0) }.prefix { !"]\"' ".contains($0) }
        let parts = bare.split(separator: "/", omittingEmptySubsequences: false)
        let origin: String
        if parts.count >= 3, parts[1].isEmpty {
            origin = parts[0...2].joined(separator: "/")
        } else if bare.contains(".") || bare.hasPrefix("localhost"), !bare.contains("://"), let host = parts.first {
            origin = (bare.hasPrefix("localhost") ? "http://" : "https://") + host
        } else {
            return nil
        }
        return origin != entry && WebAddress(origin)?.isOrigin == true ? origin : nil
    }

    /// Whether a host can only be reached from the same machine.
    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }.contains { $0.contains(address) }
    }

    private static func isHost(_ host: String) -> Bool {
        IPAddress(host) != nil
            || !host.isEmpty && host.utf8.count <= 253
                && host.utf8.allSatisfy { PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }
}
