// SPDX-License-Identifier: Apache-2.0

package import AuthCore
import CLibCurl

extension HTTPSFetcher {
    /// When the certificate of an HTTPS server ends, which is verified as for every fetch; `nil` for plain HTTP.
    ///
    /// It fetches the URL on a connection of its own; whatever the status of the answer is, the certificate is known.
    ///
    /// - Throws: ``FetchError``, but never `.status` or `.tooLarge`.
    package func certificateEnd(of url: String, timeout: Duration) async throws(FetchError) -> Timestamp? {
        guard Self.isAllowed(url) else { throw .refusedURL }
        let authorities = certificateAuthorities
        let result = await workers.run { handle, ticket in
            Self.certificateEnd(of: url, timeout, authorities: authorities, on: handle, ticket: ticket)
        }
        switch result {
        case .success(let found): return try found.get()
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }

    private static func certificateEnd(
        of url: String, _ timeout: Duration, authorities: String?, on handle: CurlHandle, ticket: WorkTicket
    ) -> Result<Timestamp?, FetchError> {
        guard let url = CurlURL(parsing: url) else { return .failure(.refusedURL) }
        var transfer = CurlTransfer(protocols: "https,http", timeout: timeout)
        transfer.maximumBody = 65_536
        // libcurl has the certificate only of a connection that the transfer opened.
        transfer.numbers += [(CURLOPT_CERTINFO, 1), (CURLOPT_FRESH_CONNECT, 1)]
        if let authorities { transfer.texts.append((CURLOPT_CAINFO, authorities)) }
        let outcome = handle.run(transfer, url: url, ticket: ticket)
        switch outcome.ending {
        case .completed, .bodyTooLarge:
            let name = "Expire date:"
            let field = outcome.certificate.first { $0.hasPrefix(name) }
            return .success(field.flatMap { Timestamp(certificateDate: $0.dropFirst(name.count)) })
        case .timedOut: return .failure(.timedOut)
        case .cancelled: return .failure(.cancelled)
        case .failed(let words): return .failure(.unreachable(diagnostic: words))
        }
    }
}
