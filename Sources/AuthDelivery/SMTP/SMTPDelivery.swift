// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import CLibCurl

/// One message on its way to the mail server.
struct SMTPDelivery: Sendable {
    let configuration: SMTPConfiguration
    let recipient: EmailAddress
    let message: [UInt8]
    let secrets: [String]

    /// Blocks until the server has answered; `nil` when it took the message.
    func run(on handle: CurlHandle, ticket: WorkTicket) -> MailError? {
        guard let url = CurlURL(parsing: configuration.serverURL) else {
            return .unavailable(diagnostic: "the mail server's name is not one")
        }
        var transfer = transfer(timeout: configuration.timeout)
        var outcome = handle.run(transfer, url: url, ticket: ticket)
        if verdict(on: outcome).deservesFreshConnection {
            transfer = self.transfer(timeout: configuration.timeout - outcome.elapsed)
            transfer.numbers.append((CURLOPT_FRESH_CONNECT, 1))
            outcome = handle.run(transfer, url: url, ticket: ticket)
        }
        return verdict(on: outcome).error
    }

    private func verdict(on outcome: CurlOutcome) -> SMTPVerdict {
        SMTPVerdict(outcome, secrets: secrets + (configuration.credentials?.sentForms ?? []))
    }

    private func transfer(timeout: Duration) -> CurlTransfer {
        var transfer = configuration.session(timeout: timeout)
        transfer.upload = message
        transfer.followsCommands = true
        transfer.texts.append((CURLOPT_MAIL_FROM, configuration.from.transportForm))
        transfer.lists.append((CURLOPT_MAIL_RCPT, [recipient.transportForm]))
        return transfer
    }
}
