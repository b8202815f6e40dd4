// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Testing

@testable import authd

@Suite("Page on identity providers")
struct ProviderDocumentTests {
    private static let page = "docs/providers.md"

    /// The blocks of the providers, by their headings.
    private static let sections: [(block: String, name: String)] = [
        ("Google #1", "google"), ("GitHub #1", "github"), ("Apple #1", "apple"), ("Microsoft #1", "microsoft"),
        ("GitLab #1", "gitlab"), ("Keycloak #1", "keycloak"), ("Any provider of OpenID Connect #1", "my-corp"),
    ]

    private static func section(_ heading: String) throws -> String {
        let text = try Repository.text(page)
        let start = try #require(text.firstRange(of: "\n## \(heading)\n"), "\(heading)")
        let rest = text[start.upperBound...]
        return String(rest[..<(rest.firstRange(of: "\n## ")?.lowerBound ?? rest.endIndex)])
    }

    @Test("the settings of each section are all that its provider needs, and its redirect URI is the program's")
    func settings() throws {
        for (block, name) in Self.sections {
            let heading = String(block.dropLast(3))
            let section = try Self.section(heading)
            let text = try #require(
                section.split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
            let file = EnvironmentFile(Array(text.utf8))
            #expect(file.problems == [] && file.foreignNames == [], "\(heading)")
            var values = file.values
            if let key = values.removeValue(forKey: "PROVIDER_APPLE_PRIVATE_KEY_FILE") {
                #expect(key.hasSuffix(".p8"))
                values["PROVIDER_APPLE_PRIVATE_KEY"] = ProviderSettingsTests.pem
            }
            values["PUBLIC_URL"] = "https://id.example.com"
            let configuration = try DaemonConfiguration.read(SettingSources(environment: values), processors: 4)
            #expect(configuration.providers.providers.map(\.provider.name.text) == [name])
            #expect(
                !configuration.warnings.contains { $0.hasPrefix("PROVIDER") }, "\(heading): \(configuration.warnings)")
            let redirect = configuration.redirectURI(of: try ProviderName(name))
            #expect(section.contains("`\(redirect)`"), "\(heading)")
            #expect(section.contains("`https://id.example.com/auth/v1/callback/\(name)`"), "\(heading)")
        }
        let kinds = Set(Self.sections.map(\.name)).subtracting(["my-corp"]).union(["openid"])
        #expect(kinds == Set(ProviderKindName.allCases.map(\.rawValue)))
    }

    @Test("the words of a flow that failed are the program's, each once and in its order")
    func errors() throws {
        let rows = try Self.rows(under: "### What goes wrong")
        #expect(rows == ProviderFlowError.allCases.map(\.rawValue))
    }

    @Test("every kind stands in the table of what a provider is trusted for")
    func trust() throws {
        let text = try Repository.text(Self.page)
        let start = try #require(text.firstRange(of: "### Which addresses a provider is trusted for\n"))
        let table = text[start.upperBound...].split(separator: "\n\n").first { $0.contains("| kind |") } ?? ""
        for kind in ProviderKindName.allCases { #expect(table.contains("`\(kind.rawValue)`"), "\(kind.rawValue)") }
    }

    @Test("the first block starts a daemon, once the secret is mounted")
    func firstBlock() throws {
        let name = "Identity providers #1"
        let text = try Repository.text(Self.page)
        #expect(text.hasPrefix("# \(name.dropLast(3))\n"))
        let block = try #require(text.split(separator: "```sh\n").dropFirst().first?.split(separator: "```").first)
        var values = EnvironmentFile(Array(block.utf8)).values
        #expect(values.removeValue(forKey: "PROVIDER_GOOGLE_CLIENT_SECRET_FILE") != nil)
        values["PROVIDER_GOOGLE_CLIENT_SECRET"] = "GOCSPX-5678"
        #expect(try DaemonConfiguration.read(values).providers.providers.count == 1)
    }

    /// The first cells of a table, without their quotes.
    private static func rows(under heading: String) throws -> [String] {
        let text = try Repository.text(page)
        let start = try #require(text.firstRange(of: heading + "\n"))
        let table = text[start.upperBound...].split(separator: "\n\n").first {
            $0.hasPrefix("|") || $0.hasPrefix("\n|")
        }
        return (table ?? "").split(separator: "\n").dropFirst(2).compactMap { row in
            row.firstMatch(of: #/^\| `([a-z_]+)` \|/#).map { String($0.output.1) }
        }
    }
}
