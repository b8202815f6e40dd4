// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthHTTPServer

/// Whether a daemon answers where the settings say, by itself and through its public address.
struct ServingExamination: Sendable {
    /// Fetches a document.
    let fetch: @Sendable (String) async -> Result<[UInt8], FetchError>
    /// Looks when the certificate of a server ends.
    var certificateEnd: @Sendable (String) async -> Result<Timestamp?, FetchError> = { _ in .success(nil) }

    /// What a daemon must answer at its own socket.
    func socket(host: String, port: Int) async -> DoctorFinding {
        guard port != 0 else {
            return DoctorFinding(.warning, "daemon", "PORT is 0, so its port cannot be known here.")
        }
        let url = "http://\(Self.reachable(host)):\(port)/health"
        switch await fetch(url) {
        case .success: return DoctorFinding(.ok, "daemon", "\(url) answers.")
        case .failure(.refusedURL):
            return DoctorFinding(
                .warning, "daemon",
                "\(url) was not asked, because plain HTTP is fetched from the loopback address alone: try it with "
                    + "curl.")
        case .failure(let error):
            return DoctorFinding(
                .fault, "daemon",
                "\(url) does not answer: \(Self.words(error)). Start the daemon, or read its log (`journalctl -u authd`)."
            )
        }
    }

    /// Whether the public address leads to a daemon with these keys.
    func publicAddress(_ base: String?, keys: [UInt8]) async -> DoctorFinding {
        guard let base else {
            return DoctorFinding(
                .warning, "public address", "PUBLIC_URL is not set: tokens name a local address as their issuer.")
        }
        let url = base + "/.well-known/jwks.json"
        switch await fetch(url) {
        case .success(let found):
            guard Self.keyIDs(found) == Self.keyIDs(keys) else {
                return DoctorFinding(
                    .fault, "public address",
                    "\(url) publishes other keys than this database has: the proxy leads to another daemon, or the daemon uses "
                        + "another database.")
            }
            return DoctorFinding(.ok, "public address", "\(url) publishes the keys of this database.")
        case .failure(let error):
            return DoctorFinding(
                .fault, "public address",
                "\(url) cannot be fetched from here: \(Self.words(error)). Check the proxy, its certificate and the name in "
                    + "PUBLIC_URL.")
        }
    }

    /// How long the certificate of the public address is good for; nothing where it is not https or not reached, which
    /// ``publicAddress(_:keys:)`` tells.
    func certificate(_ base: String, now: Timestamp) async -> [DoctorFinding] {
        guard case .success(let end) = await certificateEnd(base + "/health") else { return [] }
        return [TransportExamination.certificate(end: end, of: base, now: now)]
    }

    /// Whether the proxy tells the daemon that it is one, and keeps the routes for monitoring to itself.
    func proxy(_ base: String, proxies: ProxyTrust) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let health = base + "/health/database"
        var open: [String] = []
        if case .success(let document) = await fetch(health) {
            open.append(health)
            // The daemon shows its connections to clients alone that come without a proxy.
            if (try? JSONReader.read(document))?.objectValue?["pool"] != nil {
                findings.append(ForwardingExamination.direct(health, proxies: proxies))
            }
        }
        switch await fetch(base + "/metrics") {
        case .success, .failure(.tooLarge): open.append(base + "/metrics")
        case .failure: break
        }
        if !open.isEmpty {
            findings.append(
                DoctorFinding(
                    .warning, "proxy",
                    "\(open.joined(separator: " and ")) can be fetched through the proxy from here: let it refuse what is for "
                        + "monitoring alone, as docs/deployment.md shows."))
        }
        return findings
    }

    /// An address that leads to a socket which is bound to every address.
    static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        }
    }

    /// The key ids of a key set; `nil` for what is none.
    static func keyIDs(_ document: [UInt8]) -> Set<String>? {
        guard let set = try? JSONReader.read(document), let keys = set.objectValue?["keys"]?.arrayValue else {
            return nil
        }
        return Set(keys.compactMap { $0.objectValue?["kid"]?.stringValue })
    }

    private static func words(_ error: FetchError) -> String {
        error.words(
            refusedURL: "it is neither an https address nor one of this host",
            refusedAddress: "its host's address is none that may be connected to",
            tooManyRedirects: "it leads from one redirect to the next")
    }
}
