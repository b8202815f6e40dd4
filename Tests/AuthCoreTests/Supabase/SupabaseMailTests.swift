// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Mails of Supabase's API")
struct SupabaseMailTests {
    private static let challenge = [UInt8](0..<32)

    @Test("are stored and read, each kind, with a challenge and without", arguments: SupabaseMailKind.allCases)
    func storing(_ kind: SupabaseMailKind) throws {
        for challenge in [[], Self.challenge] {
            for target in ["https://app.example.test/a?b=c#d", "com.example.app:/\"", ""] {
                let mail = SupabaseMail(
                    kind, address: "ad\u{E4}@example.test", redirectTo: target, challenge: challenge)
                #expect(SupabaseMail(json: mail.json) == mail)
            }
        }
    }

    @Test("fit into their column, whatever the target")
    func size() {
        let longest = String(repeating: "a", count: SupabaseMail.maximumRedirectBytes)
        let address = String(repeating: "a", count: EmailAddress.maximumBytes.address)
        let mail = SupabaseMail(.emailChangeCurrent, address: address, redirectTo: longest, challenge: Self.challenge)
        #expect(mail.redirectTo == longest && mail.json.utf8.count <= SupabaseMail.maximumBytes)
        #expect(SupabaseMail(json: mail.json) == mail)
        let tooLong = SupabaseMail(.signup, address: "a@example.test", redirectTo: longest + "a", challenge: [])
        #expect(tooLong.redirectTo.isEmpty)
    }

    @Test(
        "are read from nothing else",
        arguments: [
            "", "{}", "[]", "null", #"{"kind":"signup","address":"a@b.test"}"#,
            #"{"kind":"Signup","address":"a@b.test","redirect_to":""}"#, #"{"kind":"signup","redirect_to":""}"#,
            #"{"kind":"signup","address":1,"redirect_to":""}"#,
            #"{"kind":"signup","address":"a@b.test","redirect_to":"","challenge":""}"#,
            #"{"kind":"signup","address":"a@b.test","redirect_to":"","challenge":"AAAA"}"#,
            #"{"kind":"signup","address":"a@b.test","redirect_to":"","challenge":null}"#,
            #"{"kind":"signup","address":"a@b.test","redirect_to":"","x":{}}"#,
        ])
    func malformed(_ text: String) {
        #expect(SupabaseMail(json: text) == nil)
    }

    @Test("have the types of the contract, and names of methods by which a recovery is known")
    func names() {
        #expect(
            SupabaseMailKind.allCases.map(\.type) == [
                "signup", "invite", "magiclink", "recovery", "email_change", "email_change", "reauthentication",
            ])
        #expect(
            SupabaseMailKind.allCases.prefix(6).map { $0.method(isExchange: true) } == [
                "sb_signup", "sb_invite", "sb_magiclink", "sb_recovery", "sb_change", "sb_change",
            ])
        #expect(
            SupabaseMailKind.allCases.prefix(6).map { $0.method(isExchange: false) } == [
                "sb_otp_signup", "sb_otp_invite", "sb_otp_magiclink", "sb_otp_recovery", "sb_otp_change",
                "sb_otp_change",
            ])
    }

    @Test("leave a flow whose mail is not sent")
    func unsent() {
        let mail = SupabaseMail(.signup, address: "a@example.test", redirectTo: "", challenge: [])
        let flow = MailedFlow(
            id: FlowID([1]), purpose: .supabase, recipient: "a@example.test", token: nil, shown: nil, codeDigest: [1],
            codeExpiresAt: SupabaseExamples.now, expiresAt: SupabaseExamples.now, mailedAt: nil, source: nil,
            userAgent: nil, createdAt: SupabaseExamples.now, supabase: mail)
        #expect(flow.supabase == mail && flow.unsent.supabase == nil)
    }
}
