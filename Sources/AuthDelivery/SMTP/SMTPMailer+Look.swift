// SPDX-License-Identifier: Apache-2.0

import CLibCurl
import Synchronization

extension SMTPMailer {
    /// Connects to the mail server, with TLS and sign-in as for a message, and sends none: after `NOOP` it says goodbye.
    ///
    /// It takes one of the mailer's threads for `timeout` at most.
    ///
    /// - Throws: What is wrong.
    public func look(timeout: Duration) async throws(SMTPServerFault) {
        let configuration = configuration.withLock { $0 }
        let result = await workers.run { _, ticket -> SMTPServerFault? in
            guard let url = CurlURL(parsing: configuration.serverURL) else {
                return .unknownHost(diagnostic: "the mail server's name is not one")
            }
            var transfer = configuration.session(timeout: timeout)
            transfer.texts.append((CURLOPT_CUSTOMREQUEST, "NOOP"))
            transfer.numbers.append((CURLOPT_NOBODY, 1))
            transfer.followsCommands = true
            // A handle of its own, so that the connection ends with it.
            let outcome = CurlHandle().run(transfer, url: url, ticket: ticket)
            return SMTPServerFault(outcome, secrets: configuration.credentials?.sentForms ?? [])
        }
        switch result {
        case .success(nil): return
        case .success(let fault?): throw fault
        case .failure(.overloaded), .failure(.cancelled): throw .notTried
        }
    }
}
