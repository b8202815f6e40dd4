// SPDX-License-Identifier: Apache-2.0

import AuthService

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
        switch outcome.ending {
        case .completed: nil
        case .cancelled: .cancelled
        case .timedOut: .unavailable(diagnostic: diagnostic("no answer in time"))
        case .tooLarge: .unavailable(diagnostic: "the server sent more than it may")
        case .failed(let words):
            refusedForGood ? .rejected(diagnostic: diagnostic(words)) : .unavailable(diagnostic: diagnostic(words))
        }
    }

    /// Whether the message can go over another connection at once: this one was left over from an earlier message, the
    /// server had most likely given it up, and it has seen nothing of the body, so nothing is sent twice.
    var deservesFreshConnection: Bool {
        guard case .failed = outcome.ending else { return false }
        return outcome.usedOpenConnection && !outcome.startedUpload && !refusedForGood
    }

    private var refusedForGood: Bool { lastReply?.first == UInt8(ascii: "5") }

    /// The last line that begins with a reply code, but for the answer to QUIT.
    private var lastReply: [UInt8]? {
        outcome.serverLines.last { line in
            line.count >= 3 && line.prefix(3).allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
                && !line.starts(with: "221".utf8)
        }
    }

    private func diagnostic(_ words: String) -> String {
        var text = words
        if let lastReply, let reply = String(validating: lastReply, as: UTF8.self) {
            text += "; the server said: \(reply)"
        }
        if secrets.contains(where: text.contains) { text = "the server repeated a secret in its answer" }
        return printable(text)
    }

    private func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(300).map { $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?" })
    }
}
