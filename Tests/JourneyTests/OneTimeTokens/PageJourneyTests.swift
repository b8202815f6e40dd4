// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The links of mails in the hands of programs that open everything, and of people whom an attacker has made open them.
@Suite("Pages of mailed actions in a browser", .oneAtATime, .timeLimit(.minutes(10)))
struct PageJourneyTests {
    private static let newPassword = "nanoseconds of wire"

    /// The mailed actions that any client may begin, and where.
    private static let actions: [(name: String, path: String)] = [
        ("verify", "/auth/email/verification/resend"), ("reset", "/auth/password/reset/request"),
        ("sign-in", "/auth/login/mail/request"), ("unlock", "/auth/unlock/request"),
    ]

    private static let settings = ["SIGN_IN_BY_MAIL": "on", "VERIFY_ON_REGISTRATION": "false"]

    /// Asks for a mail, as a client elsewhere that is told no token.
    private static func begin(_ path: String, for user: SignedIn, _ daemon: RunningDaemon) async throws -> String {
        let begun = try await daemon.send(
            "POST", path, json: #"{"email":"\#(user.email)"}"#, fields: ["Via: 1.1 proxy"])
        begun.expect(200, path)
        return try begun.text("handle")
    }

    private static func hasEnded(_ handle: String, _ daemon: RunningDaemon) async throws -> JSONValue? {
        try await daemon.send("POST", "/auth/flows/status", json: #"{"handle":"\#(handle)"}"#).json["ended"]
    }

    // Behaviour A12, F80
    @Test("a crawler that opens every link and presses every button changes nothing, and the owner completes")
    func crawler() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            try await installation.serving { daemon in
                var flows: [(name: String, user: SignedIn, handle: String, mail: DevelopmentMail)] = []
                for (name, path) in Self.actions {
                    let user = try await daemon.signUp("ada-\(name)")
                    let handle = try await Self.begin(path, for: user, daemon)
                    let mail = try await DevelopmentMail.last(to: user.email, for: name, installation, daemon)
                    flows.append((name, user, handle, mail))
                }

                for flow in flows {
                    for method in ["HEAD", "GET"] {
                        for _ in 0..<3 { try await daemon.send(method, flow.mail.link).expect(200, flow.name) }
                    }
                }
                let visits = flows.map { PageVisits.Visit(url: daemon.base + $0.mail.link, crawls: true) }
                let outcomes = try await PageVisits.make(visits, in: installation.directory)

                // Each page was opened, its form was sent, and the page on which users say that it was not them, too.
                #expect(outcomes.count >= 4 * flows.count, "\(outcomes)")
                #expect(outcomes.allSatisfy { $0.cookies.isEmpty }, "\(outcomes)")
                #expect(outcomes.contains { $0.titles.last?.hasPrefix("Error: ") == true }, "\(outcomes)")
                for flow in flows {
                    #expect(try await Self.hasEnded(flow.handle, daemon) == .bool(false), "\(flow.name)")
                    let own = try await daemon.send("GET", "/auth/me", token: flow.user.access)
                    #expect(try own.json["is_verified"] == .bool(false), "\(own)")
                    _ = try await daemon.signIn(flow.user.username)
                }

                for flow in flows {
                    let visit = PageVisits.Visit(
                        url: daemon.base + flow.mail.link,
                        fill: flow.name == "reset" ? ["password": Self.newPassword] : ["code": flow.mail.code])
                    let done = try await PageVisits.make([visit], in: installation.directory)
                    #expect(done[0].titles.count == 2 && done[0].titles[1].hasPrefix("Error") == false, "\(done)")
                    #expect(
                        done[0].cookies.contains("authd_access") == (flow.name == "sign-in"), "\(flow.name) \(done)")
                    #expect(try await Self.hasEnded(flow.handle, daemon) == .bool(true), "\(flow.name)")
                }
                _ = try await daemon.signIn("ada-reset", password: Self.newPassword)
            }
        }
    }

    // Behaviour F93
    @Test("an attacker who has a victim complete what the attacker began gets nothing")
    func relay() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            try await installation.serving { daemon in
                let ada = try await daemon.signUp("ada")
                let signIn = try await Self.begin("/auth/login/mail/request", for: ada, daemon)
                let bob = try await daemon.signUp("bob")
                let unlock = try await Self.begin("/auth/unlock/request", for: bob, daemon)
                let mail = try await DevelopmentMail.last(to: ada.email, for: "sign-in", installation, daemon)
                let other = try await DevelopmentMail.last(to: bob.email, for: "unlock", installation, daemon)

                // The victim's browser, with the code typed on the page that the link opens.
                let visits = [mail, other].map {
                    PageVisits.Visit(url: daemon.base + $0.link, fill: ["code": $0.code])
                }
                let outcomes = try await PageVisits.make(visits, in: installation.directory)
                #expect(outcomes[0].cookies.contains("authd_access"), "\(outcomes)")
                #expect(!outcomes[1].cookies.contains("authd_access"), "\(outcomes)")

                for (path, handle, mail) in [
                    ("/auth/login/mail/confirm", signIn, mail), ("/auth/unlock/confirm", unlock, other),
                ] {
                    #expect(try await Self.hasEnded(handle, daemon) == .bool(true))
                    for body in [
                        #"{"handle":"\#(handle)"}"#, #"{"handle":"\#(handle)","code":"2222-2222"}"#,
                        // Nor does what the victim has used up open anything a second time.
                        #"{"handle":"\#(handle)","code":"\#(mail.code)"}"#,
                        #"{"handle":"\#(handle)","token":"\#(mail.token)"}"#,
                    ] {
                        let refused = try await daemon.send("POST", path, json: body)
                        #expect([400, 422].contains(refused.status), "\(refused)")
                        #expect(!refused.body.contains("_token\":"), "\(refused)")
                    }
                }
                let page = try await daemon.send(
                    "GET", "/actions/sign-in", fields: ["Cookie: authd_flow_sign-in=\(signIn)"])
                page.expect(410)
                #expect(page.values(of: "set-cookie").isEmpty)
            }
        }
    }
}
