// SPDX-License-Identifier: Apache-2.0

/// How far the conversation with a mail server has come, and what the server replied last.
///
/// A value that is told of each command and each line. It keeps no command but the step that it begins: what follows
/// `AUTH` is a password.
struct SMTPDialogue: Equatable {
    /// The step that the client is at.
    enum Step: Equatable {
        /// Up to the sign-in: the greeting, `EHLO`, `STARTTLS`.
        case opening
        /// `AUTH`.
        case signIn
        /// `MAIL FROM`.
        case sender
        /// `RCPT TO`.
        case recipient
        /// `DATA`, before the message.
        case data
        /// All of the message is sent: from here on only a reply tells whether the server has taken it.
        case content
    }

    private(set) var step = Step.opening
    /// The last line of the reply to the command of this step; `nil` before it comes.
    private(set) var reply: [UInt8]?

    /// Whether the server may have taken the message, and no reply says so or otherwise.
    var isUndecided: Bool { step == .content && reply == nil }

    /// The reply's first digit and its whole code (RFC 5321 §4.2.1); `nil` where the server has said nothing.
    var code: (first: UInt8, whole: Int)? {
        guard let digits = reply?.prefix(3), let first = digits.first else { return nil }
        return (first & 0x0F, digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) })
    }

    /// Takes note of a command.
    mutating func command(_ octets: some Collection<UInt8>) {
        let verb = octets.prefix { $0 != 0x20 && $0 != 0x0D && $0 != 0x0A }
        // What ends a conversation that failed changes nothing about how it failed.
        guard !verb.elementsEqual("QUIT".utf8) else { return }
        // Others are lines of a sign-in, or commands that are part of no delivery.
        if let next = Self.steps.first(where: { verb.elementsEqual($0.verb.utf8) }) { step = next.step }
        reply = nil
    }

    private static let steps: [(verb: String, step: Step)] = [
        ("EHLO", .opening), ("HELO", .opening), ("STARTTLS", .opening), ("AUTH", .signIn), ("MAIL", .sender),
        ("RCPT", .recipient), ("DATA", .data),
    ]

    /// Takes note that the whole message was handed to the connection.
    mutating func contentIsSent() {
        step = .content
        reply = nil
    }

    /// Takes note of a line from the server; what does not end a reply, and the goodbye, change nothing.
    mutating func receive(_ line: [UInt8]) {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            line.dropFirst(3).first != UInt8(ascii: "-"), !digits.elementsEqual("221".utf8)
        else { return }
        reply = line
    }
}
