// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// Many clients at once, each with connections that it keeps: what a program in `Clients/` plays.
struct Clients {
    /// A request as the clients send it.
    ///
    /// `${name}` in its path, token and body stands for the string of that name in an earlier answer of its script.
    struct Request: Encodable, Sendable {
        var base: String
        var method = "GET"
        var path: String
        var token: String?
        var json: String?
        /// Whom a proxy would name as the client.
        var source: String?
        /// Has it sent again until the answer has this status; the wait is bounded.
        var until: Int?
        /// Has it sent again while the answer has this status; the wait is bounded.
        var unless: Int?
        var keepsBody = false
        /// What names stand for as long as no answer of the script has said otherwise.
        var variables: [String: String] = [:]
    }

    /// Scripts that so many clients share out among them.
    ///
    /// A script is a list of stages, whose requests are sent at once.
    struct Group: Encodable, Sendable {
        var clients: Int
        var scripts: [[[Request]]]
        /// Whether the scripts are taken up again until all other groups are done.
        var repeats = false
        /// Seconds for which a client rests after a script.
        var pause = 0.0
    }

    /// How a request was answered.
    struct Answer: Decodable, Sendable, CustomStringConvertible {
        /// 0 where no answer came.
        let status: Int
        /// From the beginning of the stage to the end of the answer.
        let seconds: Double
        let body: String?
        let retryAfter: String?
        /// What came in place of an answer.
        let error: String?

        var description: String { "\(status) \(body ?? "") \(error ?? "")" }
    }

    private let process: ChildProcess
    private let answers: String

    /// Sends the clients off.
    ///
    /// - Throws: Where no Python is installed.
    init(_ groups: [Group], in directory: TemporaryDirectory) throws {
        let name = UUID().uuidString
        let plan = String(decoding: try JSONEncoder().encode(groups), as: UTF8.self)
        try directory.write(plan, to: "\(name).plan")
        answers = directory.file("\(name).answers")
        let program = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/clients.py").path
        process = try ChildProcess(
            ["python3", program, directory.file("\(name).plan"), answers], environment: Command.environment,
            directory: directory.path, limit: 300)
    }

    /// Waits until so many requests have succeeded.
    func succeeded(_ count: Int) async throws {
        let line = Array("succeeded \(count)\n".utf8)
        let progress = await process.progress { !$0.output.ranges(of: line).isEmpty }
        guard progress.end == nil || progress.end == .exited(0) else { throw Failure(progress.errorText) }
    }

    /// The answers by group, script, stage and request, when all have come.
    ///
    /// A group that repeats has its scripts once for each time.
    func answered() async throws -> [[[[Answer]]]] {
        let progress = await process.ended()
        guard progress.end == .exited(0) else {
            throw Failure("the clients: \(String(describing: progress.end))\n\(progress.errorText)")
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: answers))
        return try JSONDecoder().decode([[[[Answer]]]].self, from: data)
    }

    /// Plays the scripts of one group to their end.
    static func play(_ scripts: [[[Request]]], clients: Int, in directory: TemporaryDirectory) async throws
        -> [[[Answer]]]
    {
        let answers = try await Clients([Group(clients: clients, scripts: scripts)], in: directory).answered()
        guard let group = answers.first else { throw Failure("the clients answered no request") }
        return group
    }

    /// Sends requests, each by itself, and gives their answers in order.
    static func send(_ requests: [Request], clients: Int, in directory: TemporaryDirectory) async throws -> [Answer] {
        try await play(requests.map { [[$0]] }, clients: clients, in: directory).flatMap { $0.flatMap(\.self) }
    }
}
