// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("OpenAPI document") struct OpenAPIDocumentTests {
    let document: JSONObject
    let endpoints: [Endpoint]

    init() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let served = await fixture.send(.get, "/openapi.json")
        document = try #require(
            try JSONReader.read(served.reply.body, limits: JSONLimits(maximumBytes: 4 << 20, maximumDepth: 64))
                .objectValue)
        endpoints = APITable.endpoints(fixture)
    }

    @Test("has every route of the table, and no other")
    func routes() throws {
        let paths = try #require(document["paths"]?.objectValue)
        let documented = paths.members.flatMap { path in
            (path.value.objectValue?.names ?? []).map { "\($0) \(path.name)" }
        }

        #expect(Set(documented) == Set(endpoints.map { "\($0.method.rawValue.lowercased()) \($0.path)" }))
    }

    @Test("names every operation once")
    func operations() {
        let identifiers = endpoints.map(\.operationID)

        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test("refers to schemas that exist")
    func references() throws {
        let schemas = try #require(document["components"]?.objectValue?["schemas"]?.objectValue)
        let references = Self.references(in: .object(document))

        #expect(references.count > 50)
        for reference in references {
            let name = try #require(reference.split(separator: "/").last.map(String.init))
            #expect(schemas[name] != nil, "\(reference)")
        }
    }

    @Test("describes the errors that fit access, limit and body of each route")
    func problems() throws {
        for endpoint in endpoints {
            let path = document["paths"]?.objectValue?[endpoint.path.description]?.objectValue
            let operation = try #require(path?[endpoint.method.rawValue.lowercased()]?.objectValue)
            let statuses = try #require(operation["responses"]?.objectValue?.names)

            #expect(statuses.contains("401") || endpoint.access == .anyone, "\(endpoint.operationID)")
            #expect(statuses.contains("429") == (endpoint.limit != .none), "\(endpoint.operationID)")
            #expect(statuses.contains("422") || endpoint.body == nil, "\(endpoint.operationID)")
            #expect(
                operation["security"]?.arrayValue?.isEmpty == (endpoint.access == .anyone), "\(endpoint.operationID)")
        }
    }

    @Test("the examples of bodies are accepted by their routes' readers")
    func examples() throws {
        for endpoint in endpoints {
            for example in endpoint.body?.examples ?? [] {
                #expect(try JSONReader.read(example.value.serialized).objectValue != nil, "\(endpoint.operationID)")
            }
        }
    }

    // ASVS 6.4.2
    @Test("no body and no answer has a field for a hint or a secret question")
    func noHints() {
        let names = Self.properties(in: .object(document))

        #expect(names.count > 100 && names.contains("new_password"))
        for name in names {
            for word in ["hint", "question", "reminder", "memorable"] { #expect(!name.contains(word), "\(name)") }
        }
    }

    /// The names of the fields that schemas describe.
    private static func properties(in value: JSONValue) -> [String] {
        switch value {
        case .null, .bool, .number, .string: []
        case .array(let elements): elements.flatMap(properties)
        case .object(let object):
            object.members.flatMap { member -> [String] in
                let own = member.name == "properties" ? member.value.objectValue?.names : nil
                return (own ?? []) + properties(in: member.value)
            }
        }
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .null, .bool, .number, .string: []
        case .array(let elements): elements.flatMap(references)
        case .object(let object):
            object.members.flatMap { member in
                member.name == "$ref" ? [member.value.stringValue].compactMap { $0 } : references(in: member.value)
            }
        }
    }
}
