// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Members of problems") struct ProblemMemberTests {
    @Test("what the reference says that a problem carries is there", arguments: ProblemTests.all)
    func documented(kind: ProblemKind) throws {
        let limited = kind == .rateLimited
        let refusal = limited ? Refusal(kind, retryAfter: .seconds(3)) : Refusal(kind)
        let reply = ReplyFactory(HTTPConfiguration()).problem(refusal, id: RequestID(received: "r1"))
        let names = try #require(try JSONReader.read(reply.body).objectValue).names
        let fields = reply.fields.map(\.name)

        #expect(names.prefix(6) == ["type", "title", "status", "detail", "code", "instance"])
        // `Allow` is added where the methods of the path are known.
        #expect(kind.advice.contains("`Allow`") == (kind == .methodNotAllowed))
        #expect(kind.advice.contains("`errors`") == names.contains("errors"))
        #expect(kind.listsErrors == names.contains("errors"))
        #expect(fields.contains("retry-after") == (kind.status == .serviceUnavailable || limited))
        if kind.advice.contains("`Retry-After`") { #expect(fields.contains("retry-after")) }
        if kind.advice.contains("`WWW-Authenticate`") { #expect(fields.contains("www-authenticate")) }
    }

    @Test("a query that is refused is refused with the parameters at fault, on every route")
    func queries() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let admin = try await fixture.token("root", role: .admin)
        var refused = 0
        for endpoint in APITable.endpoints(fixture) where !endpoint.query.isEmpty && endpoint.access != .service {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let values = ["", "%20", "%zz", "%ff", "-1", "x,y", "9999999999999999999"]
            var queries = ["unknown=1", "a=%zz", "%ff=1", (0..<70).map { "a\($0)=1" }.joined(separator: "&")]
            for name in endpoint.query.map(\.name) {
                queries += values.map { "\(name)=\($0)" } + ["\(name)=1&\(name)=1"]
            }
            for query in queries {
                let seen = await fixture.send(method, APITable.target(of: endpoint) + "?" + query, token: admin)
                guard seen.code == "invalid_query" else { continue }
                refused += 1
                let errors = seen.json?["errors"]?.arrayValue ?? []
                #expect(!errors.isEmpty, "\(endpoint.operationID) \(query)")
                for error in errors {
                    for member in ["field", "code", "message"] {
                        #expect(
                            error.objectValue?[member]?.stringValue?.isEmpty == false,
                            "\(endpoint.operationID) \(query)")
                    }
                }
            }
        }
        #expect(refused > 50)
    }

    @Test(
        "the parameter at fault is named",
        arguments: [
            ("scope=", ["scope"]), ("role=A,b", ["role"]), ("scope=%20&role=", ["scope", "role"]),
            ("scoop=me", ["scoop"]),
            ("scope=a&scope=b", ["scope"]), ("scope=%zz", ["query"]),
        ])
    func names(_ query: String, _ names: [String]) async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")

        let refused = await fixture.send(.get, "/auth/verify?" + query, token: token)

        #expect(refused.code == "invalid_query")
        #expect(refused.wrongFields == names)
    }
}
