// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Strangers behind a proxy who ask for mail from many sources at once.
@Suite("Mail during a flood from many sources", .oneAtATime, .timeLimit(.minutes(10)))
struct MailFloodJourneyTests {
    /// How many sources ask for the address that is asked for most.
    private static let sources =
        ProcessInfo.processInfo.environment["AUTHD_FLOOD_SOURCES"].flatMap { Int($0) } ?? 250
    private static let home = "198.51.100.1"

    /// The address of a stranger.
    private static func stranger(_ number: Int) -> String {
        "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
    }

    /// Settings of a daemon with its limits, behind a proxy of this machine, that sends mail to a port.
    private static func settings(_ port: UInt16, _ changes: [String: String] = [:]) -> [String: String] {
        [
            [
                "RATE_LIMIT_ENABLED": "true", "TRUSTED_PROXIES": "127.0.0.1", "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none", "EMAILS_FROM_EMAIL": "accounts@example.com",
            ], changes,
        ].reduce(Installation.mailing) { $0.merging($1) { $1 } }
    }

    /// Sends requests and gives their answers in order.
    private typealias Send = ([Clients.Request]) async throws -> [Clients.Answer]

    /// Lends a daemon with a mail server and registered users, and a way to ask it.
    private static func serving(
        _ users: [String], _ changes: [String: String] = [:],
        _ body: (RunningDaemon, MailServer, Send) async throws -> Void
    ) async throws {
        let port = try LoopbackSocket.freePort()
        try await Installation.with(.sqlite, settings(port, changes)) { installation in
            let server = try await MailServer(port: port, in: installation.directory)
            try await installation.serving { daemon in
                let send: Send = { requests in
                    try await Clients.send(requests, clients: 12, in: installation.directory)
                }
                // A proxy names a source for each of them too.
                let registered = try await Clients.send(
                    users.enumerated().map { daemon.registeringAddress(of: $1, from: "192.0.2.\($0 + 1)") },
                    clients: 3, in: installation.directory)
                try #require(registered.allSatisfy { $0.status == 201 }, "\(registered)")
                try await body(daemon, server, send)
            }
            await server.stop()
        }
    }

    // Behaviour A18
    @Test("however many sources ask for an address, its owner finds a link that works on a new device")
    func oneAddress() async throws {
        // Each is asked for so often before the owner looks.
        let floods = [0, 1, 2, 3, 4, 9, 60, Self.sources]
        let users = floods.map { "ada-\($0)" }
        try await Self.serving(users + ["zoe-1", "zoe-2"]) { daemon, server, send in
            var requests: [Clients.Request] = []
            for (user, count) in zip(users, floods) {
                for _ in 0..<count {
                    requests.append(daemon.asking(for: .reset, of: user, from: Self.stranger(requests.count)))
                }
            }
            let answers = try await send(requests.shuffled())
            #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.first { $0.status != 200 }.debugDescription)")
            let bodies = answers.compactMap { try? JSONValue(parsing: $0.body ?? "").object?.keys.sorted() }
            #expect(Set(bodies) == [["handle", "message", "success"]])

            let owners = try await send(
                users.enumerated().map { daemon.asking(for: .reset, of: $1, from: "198.51.100.\($0 + 10)") })
            #expect(owners.allSatisfy { $0.status == 200 }, "\(owners)")
            // Requests are looked up in their order, so these are the last ones.
            _ = try await send(["zoe-1", "zoe-2"].map { daemon.asking(for: .reset, of: $0, from: "198.51.100.2") })

            let expected = floods.map { min($0 + 1, 3) }
            let letters = try await server.letters(atLeast: expected.reduce(0, +) + 2)
            for (number, (user, count)) in zip(users, expected).enumerated() {
                let mailbox = letters.filter { $0.recipient == "\(user)@example.com" }
                #expect(mailbox.count == count, "\(user)")
                let newest = try #require(mailbox.last)
                let done = try await daemon.complete(.reset, token: newest.token, from: "198.51.100.\(number + 10)")
                done.expect(200, user)
            }
        }
    }

    // Behaviour F94
    @Test("during a flood of many addresses, the next mail is that of a user who asks from a known device")
    func manyAddresses() async throws {
        let (limit, strangers) = (12, 13)
        let users = (0..<strangers).map { "ada-\($0)" }
        try await Self.serving(users + ["grace"], ["MAIL_LIMIT_PER_DAY": "\(limit)"]) { daemon, server, send in
            let signedIn = try await send([daemon.greeting("grace", from: Self.home)])
            let device = try #require(try JSONValue(parsing: signedIn.first?.body ?? "")["device_token"]?.string)

            // Most of the addresses have no user.
            let names = users.flatMap { user in [user] + (0..<9).map { "\(user)-unknown-\($0)" } }
            let flood = names.enumerated().map { daemon.asking(for: .reset, of: $1, from: Self.stranger($0)) }
            let answers = try await send(flood)
            #expect(answers.allSatisfy { $0.status == 200 }, "\(answers)")
            // Three quarters of the limit; two lookups at once may count one mail too few.
            let share = limit * 3 / 4
            _ = try await server.letters(atLeast: share)

            // Of what waits, a known client's request is answered first.
            let known = try await send([daemon.asking(for: .reset, of: "grace", device: device, from: Self.home)])
            #expect(known.map(\.status) == [200], "\(known)")
            while try !server.lettersSoFar().contains(where: { $0.recipient == "grace@example.com" }) {
                _ = try await Command("true").run()
            }
            let letters = try server.lettersSoFar()
            let place = try #require(letters.firstIndex { $0.recipient == "grace@example.com" })
            #expect((share...(share + 2)).contains(place), "\(letters.map(\.recipient))")
            let done = try await daemon.complete(.reset, token: letters[place].token, from: Self.home)
            done.expect(200)

            // A stranger whose share is spent is answered like every other.
            let late = try await send([daemon.asking(for: .reset, of: users[0], from: Self.stranger(9_999))])
            #expect(late.map(\.status) == [200], "\(late)")
        }
    }
}

extension RunningDaemon {
    /// Signs in from a device that is to be known from then on.
    fileprivate func greeting(_ username: String, from source: String) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/login",
            json: #"{"username":"\#(username)","password":"\#(Self.password)","device_token":""}"#, source: source,
            keepsBody: true)
    }
}
