// SPDX-License-Identifier: Apache-2.0

import AuthService
import CLibCurl

/// What a mail server's last words and the transfer's end mean for the message.
struct SMTPVerdict {
    private let outcome: CurlOutcome
    /// Texts that no diagnostic may repeat, though the server did.
    private let secrets: [String]

    init(_ outcome: CurlOutcome, secrets: [String]) {
        self.outcome = outcome
        self.secrets = secrets.filter { !$0.isEmpty }
    }

    /// `nil` when the server took the message.
    var error: MailError? {
        let words: String
        switch outcome.ending {
        case .completed: return nil
        case .cancelled where outcome.dialogue.step != .content: return .cancelled
        case .cancelled: words = "the delivery was called off while the server was to answer"
        case .timedOut: words = "no answer in time"
        case .tooLarge: words = "the server sent more than it may"
        case .failed(let reason): words = reason
        }
        guard !outcome.dialogue.isUndecided else { return .unconfirmed(diagnostic: diagnostic(words)) }
        guard case .failed = outcome.ending else { return .unavailable(diagnostic: diagnostic(words)) }
        return error(words)
    }

    /// What a reply means at its step.
    private func error(_ words: String) -> MailError? {
        guard let code = outcome.dialogue.code else { return .unavailable(diagnostic: diagnostic(words)) }
        switch (code.first, outcome.dialogue.step) {
        // libcurl takes 250 alone for a yes.
        case (2, .content): return nil
        // The server offers no sign-in that this client has, which is no reply to any command.
        case (2, _) where outcome.code == CURLE_LOGIN_DENIED: return .clientRefused(diagnostic: diagnostic(words))
        // RFC 5321 §3.8: the server closes the connection. RFC 4954 §6: it wants another sign-in, at whatever step.
        case (_, _) where code.whole == 421: return .unavailable(diagnostic: diagnostic(words))
        case (_, _) where [530, 534, 535, 538].contains(code.whole):
            return .clientRefused(diagnostic: diagnostic(words))
        // The message is larger than the server takes (RFC 1870 §6.1).
        case (5, .sender) where code.whole == 552: return .rejected(diagnostic: diagnostic(words))
        case (5, .opening), (5, .signIn), (5, .sender): return .clientRefused(diagnostic: diagnostic(words))
        case (5, .recipient), (5, .data), (5, .content): return .rejected(diagnostic: diagnostic(words))
        case (4, .recipient), (4, .data), (4, .content): return .postponed(diagnostic: diagnostic(words))
        case (_, .opening), (_, .signIn), (_, .sender), (_, .recipient), (_, .data), (_, .content):
            return .unavailable(diagnostic: diagnostic(words))
        }
    }

    /// Whether the message can go over another connection at once: this one was left over from an earlier message, the
    /// server had most likely given it up, and it has seen nothing of the body, so nothing is sent twice.
    var deservesFreshConnection: Bool {
        guard case .failed = outcome.ending else { return false }
        return outcome.usedOpenConnection && !outcome.startedUpload && outcome.dialogue.code?.first != 5
    }

    private func diagnostic(_ words: String) -> String {
        var text = words
        if let reply = outcome.dialogue.reply.flatMap({ String(validating: $0, as: UTF8.self) }) {
            text += "; the server said: \(reply)"
        }
        if secrets.contains(where: text.contains) { text = "the server repeated a secret in its answer" }
        return printable(text)
    }

    private func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(300).map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" })
    }
}
