// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import HTTPTypes
import Testing

/// How a cell of the table comes about.
struct SupabaseScenario: Sendable, CustomTestStringConvertible {
    let cell: SupabaseContract.Cell
    let status: Int
    let run: @Sendable (ContractVersion) async throws -> HTTPTestResponse

    var testDescription: String { cell.description }

    init(
        _ route: String, _ answer: String, _ status: Int,
        _ run: @escaping @Sendable (ContractVersion) async throws -> HTTPTestResponse
    ) {
        cell = SupabaseContract.Cell(route: route, answer: answer)
        self.status = status
        self.run = run
    }

    static var all: [SupabaseScenario] {
        let parts: [[SupabaseScenario]] = [
            signUp, passwords, refreshing, exchanges, idTokens, mails, verifying, links, providers, users, updating,
            identities, administration, administeredUsers, off, factorTypes, credentialsOfUsers, credentialsOfAdmins,
        ]
        return parts.flatMap { $0 }
    }
}

@Suite("Supabase's contract")
struct SupabaseContractTests {
    @Test("every answer of every route has a scenario, and no scenario is of another")
    func complete() {
        let cells = SupabaseScenario.all.map(\.cell)
        #expect(Set(cells).count == cells.count)
        #expect(
            SupabaseContract.cells.subtracting(cells).map(\.description).sorted() == [],
            "cells without a scenario")
        #expect(Set(cells).subtracting(SupabaseContract.cells).map(\.description).sorted() == [], "unknown cells")
    }

    @Test(
        "each scenario leads to its answer in both versions", arguments: SupabaseScenario.all,
        ContractVersion.allCases)
    func answers(_ scenario: SupabaseScenario, _ version: ContractVersion) async throws {
        let response = try await scenario.run(version)

        #expect(response.status == scenario.status, "\(response.text) \(response.fields)")
        switch scenario.cell.answer {
        case "ok":
            #expect(response.value("error_code") == nil, "\(response.fields)")
        // Pages for browsers.
        case "not_found", "gone", "csrf":
            #expect(response.fields[.contentType] == "text/html; charset=utf-8")
        // Bodies as OAuth has them.
        case "oauth":
            #expect(response["error"] != nil && response["error_description"] != nil, "\(response.text)")
            #expect(response["code"] == nil && response["error_code"] == nil)
        default:
            #expect(response.code(version) == scenario.cell.answer, "\(response.text) \(response.fields)")
            if response.fields[.location] == nil { try form(of: response, version) }
        }
        // A redirect and a page aside, everything is JSON.
        if response.fields[.location] == nil, response.status != 204, !response.text.hasPrefix("<!DOCTYPE") {
            #expect(response.json != nil, "\(response.text)")
            #expect(response.fields[.contentType] == "application/json")
        }
    }

    /// The members and fields of a failure.
    private func form(of response: HTTPTestResponse, _ version: ContractVersion) throws {
        let body = try #require(response.json?.objectValue)
        let names = Set(body.names).subtracting(["weak_password"])
        let named = HTTPField.Name("X-Supabase-Api-Version").flatMap { response.fields[$0] }
        switch version {
        case .new:
            #expect(names == ["code", "message"])
            #expect(named == "2024-01-01")
        case .old:
            #expect(names.subtracting(["error_id"]) == ["code", "error_code", "msg"])
            #expect(body["code"]?.int64Value == Int64(response.status))
            #expect(body.names.contains("error_id") == (response.status >= 500))
            #expect(named == nil)
        }
        let word = HTTPField.Name("x-sb-error-code").flatMap { response.fields[$0] }
        #expect(word == response.code(version))
        #expect((body["weak_password"] != nil) == (word == "weak_password"))
        #expect((response.fields[.retryAfter] != nil) == (response.status == 429 || response.status == 503))
    }
}
