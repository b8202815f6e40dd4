// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService

/// Sends the service's requests to identity providers: over HTTPS, to the addresses that the settings allow, and without
/// following a redirect.
struct ProviderFetcher: ProviderTransport {
    /// One request waits for the answer as long as a person does.
    static let timeout = Duration.seconds(10)

    private let fetcher: HTTPSFetcher

    /// `nil` without a provider.
    ///
    /// - Throws: A sentence about the system.
    init?(_ configuration: ProvidersConfiguration) throws(CommandFailure) {
        guard !configuration.providers.isEmpty else { return nil }
        try self.init(configuration.destinations)
    }

    /// - Throws: A sentence about the system.
    init(_ destinations: FetchDestinations) throws(CommandFailure) {
        do throws(FetchError) {
            fetcher = try HTTPSFetcher(to: destinations, threads: 4, perHost: 2)
        } catch {
            throw CommandFailure(.failed, "The system refused a thread.")
        }
    }

    /// Ends the threads after the requests that they are at.
    func close() { fetcher.close() }

    func send(_ request: ProviderRequest) async throws(ProviderFault) -> ProviderResponse {
        do throws(FetchError) {
            let response = try await fetcher.send(Self.fetch(request))
            return ProviderResponse(
                status: response.status, body: response.body,
                maxAge: CacheAge.of(response.values(of: "cache-control")))
        } catch {
            throw Self.fault(error)
        }
    }

    /// The same document for a command, with the fetcher's own words where there is none.
    func get(_ url: String, maximumBytes: Int = 262_144) async -> Result<ProviderExamination.Document, FetchError> {
        var request = FetchRequest(.get, url)
        request.maximumBytes = maximumBytes
        request.timeout = Self.timeout
        request.fields = [Self.userAgent]
        do throws(FetchError) {
            let response = try await fetcher.send(request)
            return .success(
                ProviderExamination.Document(
                    status: response.status, body: response.body, date: response.values(of: "date").first))
        } catch {
            return .failure(error)
        }
    }

    private static let userAgent = (name: "User-Agent", value: "authd/\(Version.text)")

    private static func fetch(_ request: ProviderRequest) -> FetchRequest {
        let method: FetchRequest.Method =
            switch request.method {
            case .get: .get
            case .post(let form): .post(Self.form(form), contentType: "application/x-www-form-urlencoded")
            }
        var fetch = FetchRequest(method, request.url)
        fetch.maximumBytes = request.maximumBytes
        fetch.timeout = timeout
        fetch.fields = [userAgent]
        for field in request.fields {
            if ASCIICase.matches(field.name, lowercase: "accept") {
                fetch.accept = field.value
            } else {
                fetch.fields.append((field.name, field.value))
            }
        }
        return fetch
    }

    /// RFC 6749, appendix B.
    static func form(_ pairs: [(String, String)]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in pairs {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            PercentEncoding.encode(name, to: &body)
            body.append(UInt8(ascii: "="))
            PercentEncoding.encode(value, to: &body)
        }
        return body
    }

    /// What the service is told; the words of a diagnostic are for commands.
    static func fault(_ error: FetchError) -> ProviderFault {
        switch error {
        case .refusedURL, .refusedAddress: .refusedAddress
        case .refusedToken, .refusedField: .malformed
        case .status, .tooManyRedirects: .badStatus
        case .tooLarge: .answerTooLong
        case .timedOut: .timedOut
        case .unreachable, .overloaded, .cancelled: .unreachable
        @unknown default: .unreachable
        }
    }
}

/// How long an answer may be kept, as its server says.
enum CacheAge {
    /// The `max-age` of `Cache-Control`; zero where it must not be kept, and `nil` where it says nothing.
    ///
    /// - Source: RFC 9111 §5.2.2.
    static func of(_ fields: [String]) -> Duration? {
        var age: Duration?
        for directive in fields.joined(separator: ",").utf8.split(separator: UInt8(ascii: ",")) {
            let octets = directive.filter { $0 != 0x20 && $0 != 0x09 }
            let text = ASCIICase.lowered(String(decoding: octets, as: UTF8.self))
            if text == "no-store" || text == "no-cache" { return .zero }
            guard text.hasPrefix("max-age=") else { continue }
            let digits = text.dropFirst(8)
            guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let seconds = Int64(digits)
            else { continue }
            age = .seconds(seconds)
        }
        return age
    }
}
