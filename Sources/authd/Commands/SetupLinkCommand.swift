// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthHTTP
import AuthService
import Glibc

/// `authd setup-link`: makes a code with which the first administrator is made over HTTP.
struct SetupLinkCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup-link", abstract: "Makes a one-time code, and the link for it, for the first administrator.",
        discussion: """
            The code is sent with a username or an email address and a password to the link, POST /auth/setup, from any host. \
            It is valid for a day and works once; every such code is void as soon as there is an administrator. Keep it secret \
            until then: it gives control of the service. The first line is the code, the second one the link. They are printed \
            on a terminal alone; otherwise --output names a new file for them, of mode 600.
            """)

    @OptionGroup var settings: SettingOptions
    @Option(help: "The file to write; without it, the code is printed on the terminal.", completion: .file())
    var output: String?

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        guard output != nil || isatty(STDOUT_FILENO) == 1 else {
            throw CommandFailure(
                .usage, "Standard output is no terminal: name a new file for the code with --output.")
        }
        let configuration = try invocation.configuration()
        try await CommandService.with(invocation) { (service) throws(CommandFailure) in
            let made = try await CommandFailure.wording { () throws(AuthError) in
                try await service.users.makeSetupToken(from: ClientContext())
            }
            guard let made else {
                throw CommandFailure(
                    .failed,
                    "There is an administrator already: `authd user create --role admin` makes another, and `authd user list "
                        + "--role admin` shows them.")
            }
            let text = "\(made.token.revealed)\n\(Self.link(configuration))\n"
            if let output {
                try NewPrivateFile.write(text, to: output)
                StandardStream.output.line("The code is in \(AbsolutePath.of(output)), which only you can read.")
            } else {
                StandardStream.output.write(Array(text.utf8))
            }
            StandardStream.error.line(
                "valid until \(made.expiresAt.rfc3339), and void as soon as there is an administrator")
        }
    }

    /// Where the code is sent.
    static func link(_ configuration: DaemonConfiguration) -> String {
        (configuration.http.publicURL ?? configuration.http.localURL) + "/auth/setup"
    }
}
