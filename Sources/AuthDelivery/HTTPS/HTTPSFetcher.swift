// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import CLibCurl

/// Fetches small documents, such as an issuer's JWKS, over HTTPS on a thread of its own.
///
/// No redirects, no proxy, no compression, no cookies: one request, one bounded answer. Connections stay open between
/// fetches. An embedder hands ``get(_:bearing:maximumBytes:timeout:)`` to a token verifier as its closure. A fetch that
/// waits for news keeps its thread: what else is fetched needs another one, or another fetcher.
public final class HTTPSFetcher: Sendable {
    let certificateAuthorities: String?
    let workers: WorkerThreads<CurlHandle>

    /// Starts the threads; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - threads: How many fetches go on at once.
    ///   - certificateAuthorities: A PEM file of authorities to trust instead of the system's.
    ///   - queueTimeout: How long a fetch may wait for the ones before it.
    /// - Throws: `.unreachable` if the system refuses a thread.
    public init(
        threads: Int = 1, certificateAuthorities: String? = nil, queueTimeout: Duration = .seconds(10)
    ) throws(FetchError) {
        self.certificateAuthorities = certificateAuthorities
        do {
            workers = try WorkerThreads(
                threads: max(threads, 1), capacity: 64, patience: queueTimeout, makeResource: { CurlHandle() })
        } catch {
            throw .unreachable(diagnostic: "the system refused a thread (error \(error.code))")
        }
    }

    /// Ends the thread after the fetch it is at; what waits is answered `.cancelled`.
    public func close() {
        workers.close()
    }

    /// Fetches one document.
    ///
    /// - Parameters:
    ///   - url: Absolute, printable ASCII.
    ///   - token: Sent as `Authorization: Bearer`, to this URL alone: redirects are not followed.
    ///   - maximumBytes: The longest body that is read.
    ///   - timeout: The bound on the fetch itself, name lookup included.
    /// - Returns: The body of a 200 answer.
    /// - Throws: ``FetchError``, each case for what it says; nothing is retried.
    public func get(
        _ url: String, bearing token: String? = nil, maximumBytes: Int, timeout: Duration
    ) async throws(FetchError) -> [UInt8] {
        guard Self.isAllowed(url) else { throw .refusedURL }
        if let token, !Self.isAllowed(token: token) { throw .refusedToken }
        let authorities = certificateAuthorities
        let result = await workers.run { handle, ticket in
            Self.fetch(
                url, token: token, maximumBytes, timeout, authorities: authorities, on: handle, ticket: ticket)
        }
        switch result {
        case .success(let fetched): return try fetched.get()
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }

    static func isAllowed(_ text: String) -> Bool {
        guard let url = CurlURL(parsing: text), !url.hasCredentials, let scheme = url.scheme, let host = url.host else {
            return false
        }
        return text.contains("://") && (scheme == "https" || scheme == "http" && LoopbackHost.contains(host))
    }

    private static func isAllowed(token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }

    private static func fetch(
        _ url: String, token: String?, _ maximumBytes: Int, _ timeout: Duration, authorities: String?,
        on handle: CurlHandle, ticket: WorkTicket
    ) -> Result<[UInt8], FetchError> {
        guard let url = CurlURL(parsing: url) else { return .failure(.refusedURL) }
        var transfer = CurlTransfer(protocols: "https,http", timeout: timeout)
        transfer.maximumBody = max(0, maximumBytes)
        let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
        transfer.lists.append((CURLOPT_HTTPHEADER, ["Accept: application/json"] + authorization))
        if let authorities { transfer.texts.append((CURLOPT_CAINFO, authorities)) }
        let outcome = handle.run(transfer, url: url, ticket: ticket)
        switch outcome.ending {
        case .completed:
            return outcome.status == 200 ? .success(outcome.body) : .failure(.status(outcome.status))
        case .timedOut: return .failure(.timedOut)
        case .cancelled: return .failure(.cancelled)
        case .bodyTooLarge: return .failure(outcome.status == 200 ? .tooLarge : .status(outcome.status))
        case .failed(let words): return .failure(.unreachable(diagnostic: words))
        }
    }
}
