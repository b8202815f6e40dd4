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
        guard let parsed = CurlURL(absolute: url), destinations.permits(parsed), let host = parsed.host else {
            throw .refusedURL
        }
        let (authorities, destinations) = (certificateAuthorities, destinations)
        let result = await workers.run(for: ASCIICase.lowered(host)) { handle, ticket in
            var transfer = CurlTransfer(protocols: "https,http", timeout: timeout)
            transfer.permitsAddress = { destinations.permits($0, for: host) }
            if let authorities { transfer.texts.append((CURLOPT_CAINFO, authorities)) }
            return Self.certificateEnd(of: url, by: transfer, on: handle, ticket: ticket)
        }
        switch result {
        case .success(let found): return try found.get()
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }

    private static func certificateEnd(
        of url: String, by transfer: CurlTransfer, on handle: CurlHandle, ticket: WorkTicket
    ) -> Result<Timestamp?, FetchError> {
        guard let url = CurlURL(absolute: url) else { return .failure(.refusedURL) }
        var transfer = transfer
        transfer.maximumBody = 65_536
        transfer.maximumHeader = Fetch.maximumHeader
        // libcurl has the certificate only of a connection that the transfer opened.
        transfer.numbers += [(CURLOPT_CERTINFO, 1), (CURLOPT_FRESH_CONNECT, 1)]
        let outcome = handle.run(transfer, url: url, ticket: ticket)
        switch outcome.ending {
        case .completed, .tooLarge:
            let name = "Expire date:"
            let field = outcome.certificate.first { $0.hasPrefix(name) }
            return .success(field.flatMap { Timestamp(certificateDate: $0.dropFirst(name.count)) })
        case .timedOut, .cancelled, .failed: return .failure(FetchError(outcome))
        }
    }
}
