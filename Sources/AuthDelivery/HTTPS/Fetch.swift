// SPDX-License-Identifier: Apache-2.0

import AuthCore
import CLibCurl

/// One request on its way, over as many redirects as it allows.
struct Fetch: Sendable {
    /// An answer, and whether its body was longer than it may be and is left out.
    typealias Answer = (response: FetchResponse, isTooLarge: Bool)

    let request: FetchRequest
    let destinations: FetchDestinations
    let authorities: String?
    let resolver: HTTPSFetcher.Resolver?

    /// More than a sensible set of header fields takes.
    static let maximumHeader = 32_768
    private static let redirects = [301, 302, 303, 307, 308]

    /// Blocks until the last server has answered.
    func run(on handle: CurlHandle, ticket: WorkTicket) -> Result<Answer, FetchError> {
        guard var url = CurlURL(absolute: request.url) else { return .failure(.refusedURL) }
        let origin = url.origin
        let limit = min(max(request.maximumRedirects, 0), FetchRequest.mostRedirects)
        var timeLeft = request.timeout
        for followed in 0...limit {
            guard destinations.permits(url), let host = url.host else { return .failure(.refusedURL) }
            guard timeLeft > .zero else { return .failure(.timedOut) }
            guard let transfer = transfer(to: url, host: host, isOrigin: url.origin == origin, timeLeft) else {
                return .failure(.unreachable(diagnostic: "the name has no address"))
            }
            let outcome = handle.run(transfer, url: url, ticket: ticket)
            timeLeft -= outcome.elapsed
            guard limit > 0, request.method == .get, outcome.ending == .completed,
                Self.redirects.contains(outcome.status), let target = outcome.redirect
            else { return answer(outcome) }
            guard followed < limit else { return .failure(.tooManyRedirects) }
            guard let next = CurlURL(absolute: target), next.scheme == "https" || url.scheme == "http" else {
                return .failure(.refusedURL)
            }
            url = next
        }
        return .failure(.tooManyRedirects)
    }

    /// `nil` where the resolver knows no address of the host.
    private func transfer(to url: CurlURL, host: String, isOrigin: Bool, _ timeout: Duration) -> CurlTransfer? {
        var transfer = CurlTransfer(protocols: "https,http", timeout: timeout)
        transfer.maximumBody = max(0, request.maximumBytes)
        transfer.maximumHeader = Self.maximumHeader
        var fields = ["Accept: \(request.accept)"]
        if isOrigin { fields += request.fields.map { "\($0.name): \($0.value)" } }
        switch request.method {
        case .get: break
        case .post(let body, let contentType):
            transfer.post = body
            fields += ["Content-Type: \(contentType)", "Expect:"]
            // libcurl repeats a request on a new connection where an old one turns out to be closed.
            transfer.numbers.append((CURLOPT_FRESH_CONNECT, 1))
        }
        transfer.lists.append((CURLOPT_HTTPHEADER, fields))
        if let authorities { transfer.texts.append((CURLOPT_CAINFO, authorities)) }
        transfer.permitsAddress = { [destinations] address in destinations.permits(address, for: host) }
        if let resolver, IPAddress(unbracketed: host) == nil {
            let addresses = resolver(host)
            guard !addresses.isEmpty, let port = url.port else { return nil }
            transfer.lists.append((CURLOPT_RESOLVE, [Self.entry(host, port, addresses)]))
        }
        return transfer
    }

    /// What libcurl is told of a host's addresses, in place of what it would find out.
    private static func entry(_ host: String, _ port: Int, _ addresses: [IPAddress]) -> String {
        let list = addresses.map { $0.family == .v6 ? "[\($0)]" : "\($0)" }
        return "\(host):\(port):\(list.joined(separator: ","))"
    }

    private func answer(_ outcome: CurlOutcome) -> Result<Answer, FetchError> {
        let response = FetchResponse(status: outcome.status, lines: outcome.serverLines, body: outcome.body)
        switch outcome.ending {
        case .completed: return .success((response, false))
        // A header that is too long ends before its status can be trusted.
        case .tooLarge where outcome.isHeaderTooLarge: return .failure(.tooLarge)
        case .tooLarge: return .success((response, true))
        case .timedOut, .cancelled, .failed: return .failure(FetchError(outcome))
        }
    }
}

extension FetchError {
    /// What a transfer that was not completed ended with.
    init(_ outcome: CurlOutcome) {
        switch outcome.ending {
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        case .tooLarge: self = .tooLarge
        case .failed where outcome.foundNoPermittedAddress: self = .refusedAddress
        case .failed(let words): self = .unreachable(diagnostic: Self.line(words))
        case .completed: self = .status(outcome.status)
        }
    }

    private static func line(_ words: String) -> String {
        String(words.unicodeScalars.prefix(200).map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" })
    }
}

extension IPAddress {
    /// The address that a URL names as its host, an IPv6 one in brackets; `nil` for a name.
    fileprivate init?(unbracketed host: String) {
        guard host.utf8.first == UInt8(ascii: "["), host.utf8.last == UInt8(ascii: "]") else {
            self.init(host)
            return
        }
        self.init(host.dropFirst().dropLast())
    }
}
