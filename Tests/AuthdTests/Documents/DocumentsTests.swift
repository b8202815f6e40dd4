// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import FoundationEssentials
import Testing

@testable import authd

@Suite("Documents")
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

    @Test("every setting that they name is one")
    func settings() throws {
        let files = [
            "Dockerfile", "compose.yaml", "packaging/authd.service", "packaging/postgres-roles.sh",
            "packaging/kubernetes/settings.yaml", "packaging/kubernetes/migrate.yaml",
            "packaging/kubernetes/authd.yaml",
            "packaging/github/test.yml",
        ]
        let google = try ProviderName("google")
        for document in try Repository.documents() + files {
            for name in Self.shoutedNames(in: try Repository.text(document)) where !Self.foreign.contains(name) {
                let isMisspelt =
                    document == "docs/troubleshooting.md"
                    && (Misspelling.setting(meantBy: name) != nil
                        || ProviderMisspelling.sentence(about: name, "there", [google]) != nil)
                #expect(SettingName(name) != nil || isMisspelt, "\(document) names \(name)")
            }
        }
    }

    /// Names in capitals with an underscore that belong to others.
    private static let foreign: Set<String> = [
        "POSTGRES_DB", "POSTGRES_USER", "AUTHD_OWNER_PASSWORD", "AUTHD_PASSWORD", "POSTGRES_PASSWORD", "AF_INET",
        "AF_INET6", "AF_UNIX", "AUTH_TEST_POSTGRES", "ON_ERROR_STOP",
        "HTTP_X_AUTH_ROLE", "CHANGE_FEED_SECRET", "UPDATE_GOLDENS", "CLOCK_BOOTTIME", "CLOCK_MONOTONIC",
        "LIBDISPATCH_LOG", "CURLOPT_RESOLVE", "GITHUB_ENV", "AUTHD_URL", "AUTHD_TOKEN", "AUTHD_ENV_FILE",
        "AUTHD_COPY_MAILS",
        "AUTHD_FLOOD_PER_MINUTE", "AUTHD_FLOOD_SOURCES",
    ]

    @Test("every command that they show is one, with arguments that it takes")
    func commands() throws {
        var count = 0
        for document in try Repository.documents() {
            for command in Self.commands(in: try Repository.text(document)) {
                // A word in capitals stands for what the reader puts there, and a command may be named without its user or
                // shape.
                let arguments = try SettingFlags(command.map { $0 == "NUMBER" ? "1" : $0 }).rest
                let isCommand = [[], ["ada"], ["--user", "ada"], ["single"]].contains { words in
                    (try? AuthdCommand.parseAsRoot(arguments + words)) != nil
                }
                #expect(isCommand, "\(document): authd \(command.joined(separator: " "))")
                count += 1
            }
        }
        #expect(count > 30)
        #expect(throws: (any Error).self) { try AuthdCommand.parseAsRoot(["user", "promot", "ada"]) }
    }

    @Test("every line of the log and every sentence of the program that they quote is in the program")
    func quotations() throws {
        let sources = Self.withoutValues(try Repository.sources())
        var count = 0
        for document in try Repository.documents() {
            let text = try Repository.text(document)
            for quotation in Self.quotations(in: text) where !Self.notOurs.contains(quotation) {
                #expect(sources.contains(quotation), "\(document): \(quotation)")
                count += 1
            }
        }
        #expect(count > 12)
    }

    /// What stands in the same type and is no text of the program: commands, scopes, passwords, emphasis, and words of others.
    private static let notOurs: Set<String> = [
        "items me", "grace eats lemons", "harbour office 1", "user reset-password", "Report a vulnerability",
        "Before you upgrade", "man authd", "systemctl start authd", "systemctl reload authd", "systemctl restart authd",
        "systemd-creds encrypt", "Database settings, SSL configuration",
        "database disk image is malformed",
    ]

    /// The sources with literals in one piece that go over several lines, and with nothing for ` \(value)`, which the
    /// documents leave out.
    private static func withoutValues(_ sources: String) -> String {
        let joined = sources.split(separator: "\n").reduce(into: "") { text, line in
            let code = line.drop { $0 == " " }
            if code.hasPrefix("+ \""), text.hasSuffix("\"") {
                text.removeLast()
                text += code.dropFirst(3)
            } else {
                text += "\n" + code
            }
        }
        let parts = joined.split(separator: " \\(", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(into: String(parts.first ?? "")) { text, part in
            var depth = 1
            let rest = part.drop { character in
                guard depth > 0 else { return false }
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                return true
            }
            text += rest
        }
    }

    /// Inline code of lower-case words, and sentences in italics.
    private static func quotations(in markdown: String) -> [String] {
        let prose = Self.prose(of: markdown)
        let code =
            prose.matches(of: #/`([a-z][a-z0-9' ,-]* [a-z0-9' ,-]+)`/#).map { String($0.output.1) }
            .filter { text in !["authd ", "make ", "docker ", "openssl ", "swift "].contains { text.hasPrefix($0) } }
            + prose.matches(of: #/`(authd is [a-z]+)`/#).map { String($0.output.1) }
        let italics = prose.matches(of: #/(?:^|[ (])\*([A-Za-z][^*]* [^*]*)\*[ ,.:;)]/#).map { String($0.output.1) }
        return code + italics
    }

    /// Every command line of ours: inline code that begins with `authd`, and lines of blocks that run it.
    private static func commands(in markdown: String) -> [[String]] {
        let inline = Self.prose(of: markdown).matches(of: #/`(authd [^`]+)`/#).map { String($0.output.1) }
        let blocks = markdown.split(separator: "```").enumerated().filter { $0.offset % 2 == 1 }
            .flatMap { block in
                // The rest of the fence's own line is the language.
                block.element.replacing("\\\n", with: " ").split(separator: "\n", omittingEmptySubsequences: false)
                    .dropFirst().map(String.init)
            }
        return (inline + blocks).compactMap { line in
            var words = Self.words(of: line)[...]
            words = words.drop { $0.contains("=") && !$0.hasPrefix("-") }
            if words.starts(with: ["runuser", "-u", "authd", "--"]) { words = words.dropFirst(4) }
            guard let program = words.popFirst(), program == "authd" || program.hasSuffix("/authd") else { return nil }
            // `authd is ready` is a line of the log, and `authd (…)` a part of a drawing.
            return words.first == "is" || words.first?.hasPrefix("(") == true ? nil : Array(words)
        }
    }

    /// The text without its blocks, with line ends as blanks.
    private static func prose(of markdown: String) -> String {
        markdown.split(separator: "```").enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
            .joined(separator: " ").split(separator: "\n").joined(separator: " ")
    }

    /// The words of a line of shell text with single quotes at most.
    private static func words(of line: String) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { part in
            part.offset % 2 == 1 ? [String(part.element)] : part.element.split(separator: " ").map(String.init)
        }
    }

    @Test("the code for services elsewhere, block after block, is the program of the example, which compiles and runs")
    func exampleCode() throws {
        let example = try Repository.text("Examples/Sources/VerifyOnly/main.swift")
        let all = try Repository.text("docs/resource-servers.md").split(separator: "```swift\n").dropFirst()
            .compactMap { $0.split(separator: "```").first }
        // The first is the manifest of the page's own package, which `scripts/run-examples` builds.
        #expect(all.first?.hasPrefix("// swift-tools-version:") == true)
        let blocks = all.dropFirst()

        try #require(blocks.count == 4)
        let program = try #require(example.firstRange(of: "\nimport AuthCore\n")).lowerBound
        #expect(blocks.joined(separator: "\n") == example[example.index(after: program)...])
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
