// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Several daemons on one PostgreSQL database.
struct Fleet: Sendable {
    let installation: Installation
    let daemons: [RunningDaemon]

    /// The URL of the database that they share.
    var database: String { installation.settings["DATABASE_URL"] ?? "" }

    /// The daemon at which something with this number is done, so that all have their turn.
    func daemon(_ number: Int) -> RunningDaemon {
        daemons[number % daemons.count]
    }

    /// Runs SQL in their database and gives the rows.
    func execute(_ sql: String) async throws -> [String] {
        try await PostgresCluster.shared.execute(sql, in: database)
    }

    /// Sends requests at once and gives their answers in order.
    func send(_ requests: [Clients.Request], clients: Int = 12) async throws -> [Clients.Answer] {
        try await Clients.send(requests, clients: clients, in: installation.directory)
    }

    /// Asks every daemon who the owner of each token is and expects one status everywhere.
    func expect(
        _ status: Int, for sessions: [OpenSession], at daemons: [RunningDaemon]? = nil, _ what: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let requests = (daemons ?? self.daemons).flatMap { daemon in sessions.map { daemon.whoIs($0) } }
        for answer in try await send(requests) {
            #expect(answer.status == status, "\(what) \(answer)", sourceLocation: sourceLocation)
        }
    }

    /// Asks every daemon who the owner of a token is until it answers with a status.
    func expectAtLast(
        _ status: Int, for session: OpenSession, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for answer in try await send(daemons.map { $0.whoIs(session, until: status) }) {
            #expect(answer.status == status, "\(answer)", sourceLocation: sourceLocation)
        }
    }
}

/// A session as its client knows it.
struct OpenSession: Sendable {
    let userID: String
    let id: String
    let access: String
    let refresh: String
    /// The id of the key that signed the access token.
    let keyID: String

    /// Reads what signing in or refreshing is answered.
    init(_ answer: Clients.Answer, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let tokens = try JSONDecoder().decode(Tokens.self, from: Data((answer.body ?? "").utf8))
        access = tokens.accessToken
        refresh = tokens.refreshToken
        let parts = tokens.accessToken.split(separator: ".").map(Self.object)
        try #require(parts.count == 3, sourceLocation: sourceLocation)
        keyID = try #require(parts[0]["kid"]?.string, sourceLocation: sourceLocation)
        userID = try #require(parts[1]["sub"]?.string, sourceLocation: sourceLocation)
        id = try #require(parts[1]["sid"]?.string, sourceLocation: sourceLocation)
    }

    private struct Tokens: Decodable {
        let accessToken: String
        let refreshToken: String

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
        }
    }

    private static func object(_ part: Substring) -> JSONValue {
        let base64 = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        let data = Data(base64Encoded: base64 + padding) ?? Data()
        return (try? JSONDecoder().decode(JSONValue.self, from: data)) ?? .null
    }
}

extension RunningDaemon {
    func registering(_ username: String, from source: String? = nil, until: Int? = nil) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/register",
            json: #"{"username":"\#(username)","password":"\#(Self.password)"}"#, source: source, until: until)
    }

    func signingIn(
        _ username: String, password: String = Self.password, from source: String? = nil, until: Int? = nil
    ) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/login",
            json: #"{"username":"\#(username)","password":"\#(password)"}"#, source: source, until: until,
            keepsBody: true)
    }

    func refreshing(_ token: String, from source: String? = nil) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/refresh", json: #"{"refresh_token":"\#(token)"}"#, source: source,
            keepsBody: true)
    }

    func signingOut(_ session: OpenSession, _ sessions: String = "this") -> Clients.Request {
        .init(base: base, method: "POST", path: "/auth/logout?sessions=\(sessions)", token: session.access)
    }

    func whoIs(_ session: OpenSession, until: Int? = nil, unless: Int? = nil) -> Clients.Request {
        .init(base: base, path: "/auth/me", token: session.access, until: until, unless: unless)
    }
}

extension Installation {
    /// Lends so many daemons on one new PostgreSQL database, and ends those that a test has not ended itself.
    static func withFleet(
        of count: Int = 3, _ settings: [String: String] = [:], _ body: (Fleet) async throws -> Void
    ) async throws {
        try await Installation.with(.postgres, settings) { installation in
            if settings["ENVIRONMENT"] == "production" {
                let migrated = try await installation.authd("migrate")
                try #require(migrated.succeeded, "\(migrated)")
            }
            // The first alone makes the schema and the keys.
            var daemons = [try await RunningDaemon(installation)]
            for _ in 1..<count { daemons.append(try await RunningDaemon(installation)) }
            do {
                try await body(Fleet(installation: installation, daemons: daemons))
            } catch {
                var logs: [String] = []
                for daemon in daemons { logs.append(await daemon.kill()) }
                throw Failure("\(error)\nthe daemons wrote:\n\(logs.joined(separator: "\n---\n"))")
            }
            for daemon in daemons where await daemon.process.progress(when: { _ in true }).end == nil {
                try await daemon.stop()
            }
        }
    }
}

extension Fleet {
    /// Registers users and signs each in so many times, at one daemon after another.
    ///
    /// - Returns: The sessions of each user.
    func openSessions(of usernames: [String], each count: Int) async throws -> [[OpenSession]] {
        let scripts = usernames.enumerated().map { index, username in
            let signIns = (0..<count).map { [daemon(index + $0).signingIn(username, until: 200)] }
            return [[daemon(index).registering(username, until: 201)]] + signIns
        }
        let answers = try await Clients.play(scripts, clients: 9, in: installation.directory)
        return try answers.map { stages in try stages.dropFirst().flatMap(\.self).map { try OpenSession($0) } }
    }
}

extension [Double] {
    /// The smallest that so large a share of all do not exceed.
    func quantile(_ share: Double) -> Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[Swift.min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    /// Median, 99th percentile and maximum in milliseconds, of seconds.
    var summary: String {
        let values = [quantile(0.5), quantile(0.99), quantile(1)].map { ($0 * 10_000).rounded() / 10 }
        return "p50 \(values[0]) ms, p99 \(values[1]) ms, max \(values[2]) ms (\(count))"
    }
}
