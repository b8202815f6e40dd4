// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// Browsers that keep cookies and sign in at providers: `Clients/provider_browser.py`.
///
/// One visit at a time.
struct ProviderBrowser: Sendable {
    /// A way through the pages, from one address to where it ends.
    struct Visit: Encodable, Sendable {
        var url: String
        /// Which browser goes; each has cookies of its own.
        var browser = "own"
        /// The address that it comes from, where a proxy stands before authd.
        var source: String?
        /// Beginnings of addresses that it stops at and doesn't open.
        var until: [String] = []
        /// Who signs in at the provider.
        var user: String?
        var password: String?
        /// What is filled in besides, by the names of fields.
        var fields: [String: String] = [:]
        /// Whether the user refuses consent.
        var refuses = false
        /// What a page of `origin` posts to `url` to begin with.
        var form: [String: String]?
        var origin: String?
    }

    /// Where it ended.
    struct Outcome: Decodable, Sendable, CustomStringConvertible {
        struct Cookie: Decodable, Sendable {
            let value: String
            /// Their names are in lower case.
            let attributes: [String: String]
        }

        let url: String
        /// `nil` where it stopped before opening the address.
        let status: Int?
        let body: String?
        /// What it would have posted there.
        let form: [String: String]?
        let visited: [String]
        /// Those of the host of the first address, by name.
        let cookies: [String: Cookie]
        let cleared: [String]

        var description: String { "\(url) \(status ?? 0) \(body?.prefix(500) ?? "") \(cookies.keys) \(visited)" }

        /// A parameter of the last address.
        subscript(name: String) -> String? {
            URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value
        }

        var error: String? { self["error"] }

        /// A `Cookie` field with all of them.
        var cookieField: String {
            "Cookie: " + cookies.map { "\($0.key)=\($0.value.value)" }.joined(separator: "; ")
        }
    }

    private let process: ChildProcess

    /// Starts it; with a public address, that is reached at a port as through a proxy that ends TLS.
    init(in directory: TemporaryDirectory, publicURL: String? = nil, port: UInt16? = nil) throws {
        var command = [
            "python3", "-B", AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/provider_browser.py").path,
        ]
        if let publicURL, let port { command += [publicURL, "http://127.0.0.1:\(port)"] }
        process = try ChildProcess(
            command, environment: Command.environment, directory: directory.path, limit: 300)
    }

    /// Makes one visit.
    func go(_ visit: Visit) async throws -> Outcome {
        let count = await process.progress { _ in true }.output.count { $0 == 0x0A }
        process.write(String(decoding: try JSONEncoder().encode(visit), as: UTF8.self) + "\n")
        let lines = try await ProviderPeer.lines(of: process, atLeast: count + 1)
        return try JSONDecoder().decode(Outcome.self, from: Data(lines[count].utf8))
    }

    func stop() async {
        process.closeInput()
        await process.ended()
    }
}
