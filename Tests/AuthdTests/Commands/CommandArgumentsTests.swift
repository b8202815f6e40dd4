// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Testing

@testable import authd

@Suite("Values that begin with a hyphen")
struct CommandArgumentsTests {
    private static let key = "-09z1lVV9TCVG-LwgP3lP1-gNar_uB7ATwY4HVTHHg8"

    @Test(
        "are taken as they stand, before and after options",
        arguments: [key, "-h9z1lVV9TCVG-LwgP3lP1-gNar_uB7ATwY4HVTHHg8", "--9z1lVV9TCVG-LwgP3lP1-gNar_uB7ATwY4HVTHHg8"])
    func keepsKeyIDs(_ id: String) throws {
        for arguments in [["key", "revoke", id, "--yes"], ["key", "revoke", "--yes", id]] {
            let command = try AuthdCommand.parseAsRoot(CommandArguments.withValuesLast(arguments))
            let revocation = try #require(command as? KeyRevocationCommand)
            #expect(revocation.key == id && revocation.confirmation.yes)
        }
    }

    @Test("may be an email address")
    func keepsAddresses() throws {
        let words = ["user", "promote", "-ada@example.org", "--role", "user"]
        let command = try AuthdCommand.parseAsRoot(CommandArguments.withValuesLast(words))
        let promotion = try #require(command as? UserCommand.PromoteCommand)
        #expect(promotion.user == "-ada@example.org" && promotion.role == "user")
    }

    @Test("keep their place before the words that follow")
    func keepsOrder() throws {
        let words = ["user", "set-role", "-ada@example.org", "admin", "--env-file", "x"]
        let command = try AuthdCommand.parseAsRoot(CommandArguments.withValuesLast(words))
        let change = try #require(command as? UserCommand.SetRoleCommand)
        #expect(change.user == "-ada@example.org" && change.role == "admin")
    }

    @Test("stand behind the terminator, before the words that the caller put there")
    func keepsTerminator() {
        let sorted = CommandArguments.withValuesLast(["a", Self.key, "-h", "--yes", "--", "--no", Self.key])
        #expect(sorted == ["a", "-h", "--yes", "--", Self.key, "--no", Self.key])
    }

    @Test("are told from options", arguments: ["-h", "--help", "--env-file=-x", "--database-url", "-", "--", ""])
    func keepsOptions(_ option: String) {
        #expect(CommandArguments.withValuesLast(["serve", option]) == ["serve", option])
    }
}
