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
        guard let url = CurlURL(parsing: url) else {
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

    /// The path is what the client calls itself in EHLO: the sender's domain, which is a full name where a machine's
    /// own name often is not.
    private var url: String {
        let scheme = configuration.security == .implicitTLS ? "smtps" : "smtp"
        let host = configuration.host.utf8.contains(UInt8(ascii: ":")) ? "[\(configuration.host)]" : configuration.host
        let client = configuration.from.asciiDomain
        return "\(scheme)://\(host):\(configuration.port)/\(SMTPConfiguration.isHost(client) ? client : "localhost")"
    }

    private func transfer(timeout: Duration) -> CurlTransfer {
        var transfer = CurlTransfer(protocols: "smtp,smtps", timeout: timeout)
        transfer.upload = message
        transfer.maximumBody = 16 * 1024
        transfer.texts.append((CURLOPT_MAIL_FROM, configuration.from.transportForm))
        transfer.lists.append((CURLOPT_MAIL_RCPT, [recipient.transportForm]))
        transfer.numbers.append((CURLOPT_USE_SSL, tlsLevel))
        if let file = configuration.certificateAuthorities {
            transfer.texts.append((CURLOPT_CAINFO, file))
        }
        if let credentials = configuration.credentials {
            transfer.texts.append((CURLOPT_USERNAME, credentials.user))
            transfer.texts.append((CURLOPT_PASSWORD, credentials.password))
            // Nothing that reads tickets or hashes of this machine (GSSAPI, NTLM): the password goes over TLS.
            transfer.texts.append((CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN"))
        }
        return transfer
    }

    private var tlsLevel: Int {
        switch configuration.security {
        case .startTLS, .implicitTLS: Int(CURLUSESSL_ALL.rawValue)
        case .opportunistic: Int(CURLUSESSL_TRY.rawValue)
        case .none: Int(CURLUSESSL_NONE.rawValue)
        }
    }
}
