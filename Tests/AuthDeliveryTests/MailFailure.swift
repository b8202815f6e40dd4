// SPDX-License-Identifier: Apache-2.0

import AuthService

/// The error that sending ends with; `nil` if it succeeds.
func failure(of mailer: some MailSending, sending mail: OutgoingMail) async -> MailError? {
    do throws(MailError) {
        try await mailer.send(mail)
        return nil
    } catch {
        return error
    }
}

extension MailError {
    func isUnavailable(containing words: String) -> Bool {
        guard case .unavailable(let diagnostic) = self else { return false }
        return diagnostic.contains(words)
    }
}
