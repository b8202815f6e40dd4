// SPDX-License-Identifier: Apache-2.0

import AuthService
import Testing

@testable import AuthDelivery

@Suite("SMTP dialogue")
struct SMTPDialogueTests {
    private func dialogue(_ lines: String...) -> SMTPDialogue {
        var dialogue = SMTPDialogue()
        for line in lines {
            if line.hasPrefix("C: ") {
                dialogue.command(Array(line.dropFirst(3).utf8) + [0x0D, 0x0A])
            } else {
                dialogue.receive(Array(line.utf8))
            }
        }
        return dialogue
    }

    @Test("a reply belongs to the command before it, and the last of its lines decides")
    func replies() {
        var dialogue = dialogue("220 mail.test", "C: EHLO example.test", "250-mail.test", "250-SIZE 1000")
        #expect(dialogue.step == .opening && dialogue.reply == nil)
        dialogue.receive(Array("250 HELP".utf8))
        #expect(dialogue.code.map { "\($0.first) \($0.whole)" } == "2 250")

        dialogue.command(Array("MAIL FROM:<a@example.test>\r\n".utf8))
        #expect(dialogue.step == .sender && dialogue.code == nil)
    }

    @Test("the end of a conversation says nothing about the message")
    func goodbye() {
        let dialogue = dialogue("C: RCPT TO:<a@example.test>", "550 5.1.1 no", "C: QUIT", "221 Bye")

        #expect(dialogue.step == .recipient && dialogue.code?.whole == 550)
    }

    @Test("nothing of a sign-in is kept")
    func signIn() {
        let dialogue = dialogue("C: AUTH PLAIN AGEAZ2VoZWlt", "334 ", "C: Z2VoZWlt")

        #expect(dialogue.step == .signIn && dialogue.reply == nil)
        #expect(!"\(dialogue)".contains("Z2VoZWlt"))
    }

    @Test("lines that are no reply are none", arguments: ["", "25", "hello", "2x0 ok", "221 Bye", "250-more"])
    func noReplies(_ line: String) {
        #expect(dialogue("C: DATA", line).reply == nil)
    }

    @Test("a delivery that ends without a reply to the message may have succeeded, and one with a reply has not")
    func undecided() {
        func verdict(_ ending: CurlOutcome.Ending, sent: Bool, reply: String?) -> MailError? {
            var dialogue = dialogue("C: DATA", "354 go ahead")
            if sent { dialogue.contentIsSent() }
            if let reply { dialogue.receive(Array(reply.utf8)) }
            var outcome = CurlOutcome(ending: ending)
            outcome.dialogue = dialogue
            return SMTPVerdict(outcome, secrets: []).error
        }
        let endings: [CurlOutcome.Ending] = [.timedOut, .cancelled, .tooLarge, .failed("hung up")]
        for ending in endings {
            guard case .unconfirmed = verdict(ending, sent: true, reply: nil) else {
                Issue.record("\(ending) was taken for an answer")
                continue
            }
            if case .unconfirmed = verdict(ending, sent: false, reply: nil) {
                Issue.record("\(ending) before the message was sent was taken for a delivery")
            }
        }
        #expect(
            verdict(.failed("no"), sent: true, reply: "554 no") == .rejected(diagnostic: "no; the server said: 554 no"))
        #expect(verdict(.failed("no"), sent: true, reply: "250 ok") == nil)
        #expect(verdict(.cancelled, sent: false, reply: nil) == .cancelled)
    }
}
