// SPDX-License-Identifier: Apache-2.0

package import AuthCore
import AuthSystem

/// Makes requests to servers elsewhere, such as for an issuer's JWKS, over HTTPS on threads of its own.
///
/// Everything that leaves the process other than mail goes through one: no proxy, no compression, no cookies, nothing from the
/// environment; redirects only where a request allows them. Connections stay open between fetches, except for a POST. An
/// embedder hands ``get(_:bearing:maximumBytes:timeout:)`` to a token verifier as its closure. A fetch that waits for news keeps
/// its thread: what else is fetched needs another one, or another fetcher.
public final class HTTPSFetcher: Sendable {
    /// Answers which addresses a host has; called on a thread that may block.
    package typealias Resolver = @Sendable (_ host: String) -> [IPAddress]

    let destinations: FetchDestinations
    let certificateAuthorities: String?
    let resolver: Resolver?
    let workers: WorkerThreads<CurlHandle>

    /// Starts the threads; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - destinations: Where it may connect to.
    ///   - threads: How many fetches go on at once.
    ///   - perHost: How many of them at one host, so that a slow host leaves threads to the others; `nil` for all. Of the
    ///     fetches that wait, one host then has a quarter at most. A redirect counts for the host that was asked first.
    ///   - certificateAuthorities: A PEM file of authorities to trust instead of the system's.
    ///   - queueTimeout: How long a fetch may wait for the ones before it.
    /// - Throws: `.unreachable` if the system refuses a thread.
    public convenience init(
        to destinations: FetchDestinations, threads: Int = 1, perHost: Int? = nil,
        certificateAuthorities: String? = nil, queueTimeout: Duration = .seconds(10)
    ) throws(FetchError) {
        try self.init(
            to: destinations, threads: threads, perHost: perHost, certificateAuthorities: certificateAuthorities,
            queueTimeout: queueTimeout, resolver: nil)
    }

    /// The same, with a resolver in place of libcurl's; what it answers is checked alike.
    package init(
        to destinations: FetchDestinations, threads: Int = 1, perHost: Int? = nil,
        certificateAuthorities: String? = nil, queueTimeout: Duration = .seconds(10), resolver: Resolver?
    ) throws(FetchError) {
        self.destinations = destinations
        self.certificateAuthorities = certificateAuthorities
        self.resolver = resolver
        do {
            workers = try WorkerThreads(
                threads: max(threads, 1), capacity: 64, patience: queueTimeout,
                share: perHost.map { WorkShare(running: max($0, 1), waiting: 16) }, makeResource: { CurlHandle() })
        } catch {
            throw .unreachable(diagnostic: "the system refused a thread (error \(error.code))")
        }
    }

    /// Ends the threads after the fetches they are at; what waits is answered `.cancelled`.
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
        var request = FetchRequest(.get, url)
        request.maximumBytes = maximumBytes
        request.timeout = timeout
        if let token {
            guard Self.isAllowed(token: token) else { throw .refusedToken }
            request.fields = [("Authorization", "Bearer \(token)")]
        }
        let (response, isTooLarge) = try await answer(to: request)
        guard response.status == 200 else { throw .status(response.status) }
        guard !isTooLarge else { throw .tooLarge }
        return response.body
    }

    /// Makes one request and reads the answer, whatever its status.
    ///
    /// - Throws: ``FetchError``, but never `.status`; nothing is retried.
    public func send(_ request: FetchRequest) async throws(FetchError) -> FetchResponse {
        let (response, isTooLarge) = try await answer(to: request)
        guard !isTooLarge else { throw .tooLarge }
        return response
    }

    private func answer(to request: FetchRequest) async throws(FetchError) -> Fetch.Answer {
        guard let url = CurlURL(absolute: request.url), destinations.permits(url), let host = url.host else {
            throw .refusedURL
        }
        guard request.hasUsableFields else { throw .refusedField }
        let fetch = Fetch(
            request: request, destinations: destinations, authorities: certificateAuthorities, resolver: resolver)
        let result = await workers.run(for: ASCIICase.lowered(host)) { handle, ticket in
            fetch.run(on: handle, ticket: ticket)
        }
        switch result {
        case .success(let fetched): return try fetched.get()
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }

    private static func isAllowed(token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}
