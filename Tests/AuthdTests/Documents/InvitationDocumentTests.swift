// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import Testing

@testable import authd

@Suite("Page on the API: invitations")
struct InvitationDocumentTests {
    @Test("the commands, the routes and the times of the page are the program's")
    func commands() throws {
        let text = try Repository.text("docs/api.md").split { $0.isWhitespace }.joined(separator: " ")
        for command in InvitationCommand.configuration.subcommands {
            let name = try #require(command.configuration.commandName)
            #expect(text.contains("`authd invitation \(name)"), "\(name)")
        }
        let ofUsers = UserCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(ofUsers.contains("invite") && text.contains("`authd user invite "))
        #expect(text.contains("can be used for seven days") && Invitation.lifetime == .seconds(7 * 86_400))
        #expect(text.contains("at most once a minute") && Invitation.resendInterval == .seconds(60))
    }
}
