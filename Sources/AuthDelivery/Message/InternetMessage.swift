// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// One mail as it goes over the wire (RFC 5322, MIME), 7-bit but for an internationalised address.
struct InternetMessage {
    /// What makes a message itself: when it was written, and 128 bits that no other message has.
    struct Stamp {
        let date: Timestamp
        let identifier: [UInt8]
    }

    let bytes: [UInt8]

    /// Writes a message.
    init(_ content: RenderedMail, from sender: Mailbox, to recipient: Mailbox, stamp: Stamp) {
        let identifier = Self.hexadecimal(stamp.identifier)
        var text = """
            Date: \(stamp.date.mailDate)
            From: \(sender.header)
            To: \(recipient.header)
            Subject: \(content.subject.unstructured)
            Message-ID: <\(identifier)@\(sender.address.asciiDomain)>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0

            """.withMailLineEnds
        if let html = content.html {
            // Quoted-printable never writes "=_", so no body can contain the boundary.
            let boundary = "=_\(identifier)"
            text += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n"
            text += "--\(boundary)\r\n" + Self.part("plain", content.text)
            text += "--\(boundary)\r\n" + Self.part("html", html)
            text += "--\(boundary)--\r\n"
        } else {
            text += Self.part("plain", content.text)
        }
        bytes = Array(text.utf8)
    }

    private static func part(_ subtype: String, _ text: String) -> String {
        "Content-Type: text/\(subtype); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + QuotedPrintable.encode(text)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension String {
    /// Bare line feeds become CRLF; what is CRLF already stays.
    fileprivate var withMailLineEnds: String {
        split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\r\n")
    }
}
