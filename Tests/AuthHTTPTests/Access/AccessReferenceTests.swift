// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import FoundationEssentials
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Access reference") struct AccessReferenceTests {
    // ASVS 6.1.3, 8.1.1, 8.1.2
    @Test("docs/access.md agrees with the table of routes: credentials, permissions and fields")
    func document() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "docs/access.md")
        let markdown = try AccessReference.markdown(APITable.endpoints(try await APIFixture()))
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try markdown.write(to: file, atomically: true, encoding: .utf8)
        }

        #expect(try String(contentsOf: file, encoding: .utf8) == markdown)
    }

    // ASVS 7.6.2
    @Test("only POST routes that take a credential open sessions or make tokens")
    func explicitActs() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let user = try await fixture.token("ada")
        let admin = try await fixture.token("root", role: .admin)
        let endpoints = APITable.endpoints(fixture)
        #expect(endpoints.filter(APITable.givesTokens).allSatisfy { $0.method == .post && $0.body != nil })
        func sessions() async throws -> Int {
            var count = 0
            for name in ["ada", "root"] {
                let path = "/users/\(try await fixture.id(of: name))/sessions"
                let list = await fixture.send(.get, path, token: admin)
                count += try #require(JSONReader.read(list.reply.body).arrayValue).count
            }
            return count
        }
        let before = try await sessions()
        #expect(before == 2)

        // A signed-in user and no further condition.
        for endpoint in endpoints where endpoint.operationID != "logout" {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let target = APITable.target(of: endpoint)
            for token in [nil, user, admin] {
                for body in [nil, "{}"] {
                    let seen = await fixture.send(method, target, body, token: token)
                    #expect(!seen.holdsToken, "\(endpoint.operationID)")
                    #expect(seen["set-cookie"] == nil, "\(endpoint.operationID)")
                }
            }
        }
        #expect(try await sessions() == before)
    }
}
