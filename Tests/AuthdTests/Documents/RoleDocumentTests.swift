// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import Testing

@testable import authd

/// What `docs/roles.md` says of roles and metadata against what the program does.
@Suite("Page on roles")
struct RoleDocumentTests {
    private static let page = "docs/roles.md"

    @Test("the file of the page is one that is read")
    func file() throws {
        // "A file of roles #1"
        let text = try Repository.text(Self.page)
        let block = try #require(text.firstMatch(of: #/```json\n((?:.*\n)+?)```/#)?.output.1)

        let file = try RoleFile(json: Array(block.utf8))

        #expect(file.definitions.map(\.role) == ["editor", "user"])
        #expect(file.definitions.map(\.permissions) == ["me notes", "items me notes:read"])
    }

    @Test("the bounds of the page are those of the code")
    func bounds() throws {
        let text = try Repository.text(Self.page).replacing("\n", with: " ")

        #expect(
            text.contains("at most \(Scope.maximumGrantCount) permissions of \(Scope.maximumGrantBytes) characters"))
        #expect(text.contains("at most \(RoleRules.maximumCount) roles"))
        #expect(
            text.contains("at most \(MetadataPatch.maximumBytes / 1_024) KiB and \(MetadataPatch.maximumDepth) levels"))
        #expect(TokenMetadata.maximumBytes == 1_024 && text.contains("1,024 bytes together"))
        for choice in TokenMetadata.allCases { #expect(text.contains("`\(choice.rawValue)`")) }
        for role in RoleTable.standard.roles { #expect(text.contains("`\(role)`")) }
    }

    @Test("the commands of the page exist")
    func commands() throws {
        let text = try Repository.text(Self.page)
        for command in Self.names(of: RoleCommand.configuration.subcommands) {
            #expect(text.contains("`authd role \(command)"), "\(command)")
        }
        let ofUsers = Self.names(of: UserCommand.configuration.subcommands)
        for command in ["grant", "revoke"] {
            #expect(text.contains("`authd user \(command) "))
            #expect(ofUsers.contains(command))
        }
    }

    private static func names(of commands: [any ParsableCommand.Type]) -> [String] {
        var names: [String] = []
        for command in commands {
            if let name = command.configuration.commandName { names.append(name) }
        }
        return names
    }
}
