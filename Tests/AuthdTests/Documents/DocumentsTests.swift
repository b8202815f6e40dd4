// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("documents")
struct DocumentsTests {
    // ASVS 7.1.1
    @Test("the reference of settings is what the program prints; `make docs` writes it")
    func reference() throws {
        #expect(try Repository.text("docs/configuration.md") == SettingsReference.markdown)
    }

    @Test("the example of a file of settings is what the program prints; `make docs` writes it")
    func example() throws {
        #expect(try Repository.text(".env.example") == SettingsReference.environmentFile)
    }

    @Test("the example changes nothing as it is, and can be read with every line switched on")
    func exampleIsReadable() {
        #expect(EnvironmentFile(Array(SettingsReference.environmentFile.utf8)).values == [:])

        let lines = SettingsReference.environmentFile.split(separator: "\n").filter { $0.contains("=") }
        let file = EnvironmentFile(Array(lines.map { $0.dropFirst(2) }.joined(separator: "\n").utf8))

        #expect(file.problems == [])
        #expect(Set(file.values.keys) == Set(SettingKey.allCases.map(\.rawValue)))
        for (name, value) in file.values {
            #expect(SettingKey(rawValue: name).map { Setting.of($0).defaultValue ?? "" } == value)
        }
    }

    @Test("every link to a file of this repository leads to one")
    func links() throws {
        let documents = try Repository.documents()
        try #require(documents.contains("README.md") && documents.contains("docs/deployment.md"))

        for document in documents {
            let folder = document.split(separator: "/").dropLast()
            for link in try Self.links(in: Repository.text(document)) {
                let path = Self.path(link, from: folder)
                #expect(Repository.has(path), "\(document) links to \(link)")
            }
        }
    }

    @Test(
        "every setting that they name is one",
        arguments: [
            "README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "Dockerfile", "compose.yaml",
            "packaging/authd.service", "docs/deployment.md", "docs/configuration.md", "docs/api.md",
            "docs/architecture.md", "docs/resource-servers.md", "docs/abuse.md", "docs/passwords.md", "docs/access.md",
        ])
    func settings(in document: String) throws {
        for name in Self.shoutedNames(in: try Repository.text(document)) where !Self.foreign.contains(name) {
            #expect(SettingKey(rawValue: name) != nil, "\(document) names \(name)")
        }
    }

    /// Names in capitals with an underscore that belong to others.
    private static let foreign: Set<String> = [
        "POSTGRES_DB", "POSTGRES_USER", "AUTHD_OWNER_PASSWORD", "AUTHD_PASSWORD", "POSTGRES_PASSWORD", "AF_INET",
        "AF_INET6", "AF_UNIX", "AUTH_TEST_POSTGRES",
        "HTTP_X_AUTH_ROLE", "CHANGE_FEED_SECRET", "UPDATE_GOLDENS",
    ]

    @Test("the code for services elsewhere is that of the example, which compiles")
    func exampleCode() throws {
        let example = try Repository.text("Examples/Sources/VerifyOnly/main.swift")
        let blocks = try Repository.text("docs/resource-servers.md").split(separator: "```swift\n").dropFirst()
            .compactMap { $0.split(separator: "```").first }

        try #require(blocks.count == 3)
        for block in blocks { #expect(example.contains(block), "\(block)") }
    }

    /// The targets of Markdown links that are paths, without fragments.
    private static func links(in markdown: String) throws -> [String] {
        markdown.split(separator: "](").dropFirst().compactMap { part in
            let target = part.prefix { $0 != ")" && $0 != "#" && $0 != " " }
            let isPath = !target.isEmpty && !target.contains("://") && !target.hasPrefix("mailto:")
            return isPath ? String(target) : nil
        }
    }

    private static func path(_ link: String, from folder: ArraySlice<Substring>) -> String {
        var parts = Array(folder)
        for part in link.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    private static func shoutedNames(in text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        return Set(
            words.filter { word in
                word.contains("_") && word.first?.isLetter == true && word.last != "_"
                    && word.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
            }.map(String.init))
    }
}
