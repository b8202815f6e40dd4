// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// An `authd serve` that listens.
struct RunningDaemon: Sendable {
    let process: ChildProcess
    /// The address that it told the log, as in `http://localhost:40123`.
    let address: String

    /// The same with the loopback address in place of its name, under which another program may listen on the same port of `::1`.
    var base: String { address.replacing("//localhost:", with: "//127.0.0.1:") }

    /// Starts it, as the last arguments of another program where one is named, and waits for the line that tells where it
    /// listens.
    init(_ installation: Installation, through starter: [String] = []) async throws {
        try await self.init(
            starting: starter + [try AuthdBinary.path, "serve"], environment: installation.environment,
            directory: installation.directory.path)
    }

    /// Starts it by a command of the test's own.
    init(starting command: [String], environment: [String: String], directory: String) async throws {
        process = try ChildProcess(command, environment: environment, directory: directory, limit: 540)
        let progress = await process.progress { Self.address(in: $0.errorText) != nil }
        guard let address = Self.address(in: progress.errorText) else {
            throw Failure("authd did not start: \(String(describing: progress.end))\n\(progress.errorText)")
        }
        self.address = address
    }

    /// One that was started otherwise and has written this log, in which it tells where it listens.
    init(_ process: ChildProcess, log: String) throws(Failure) {
        guard let address = Self.address(in: log) else { throw Failure("authd did not start:\n\(log)") }
        self.process = process
        self.address = address
    }

    var port: String { String(base.split(separator: ":").last ?? "") }

    /// Everything that it has written to its log so far: enough to show that words are missing, which `log(with:)` waits for.
    var log: String {
        get async { await process.progress { _ in true }.errorText }
    }

    /// The log once it holds all these words, for the daemon writes it behind the answer that it tells of; or, where they
    /// never come, the log when the process ends.
    func log(with words: String...) async -> String {
        await process.progress { progress in words.allSatisfy(progress.errorText.contains) }.errorText
    }

    /// Ends it as the system does and expects that it ends well.
    func stop(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        process.signal(SIGTERM)
        let progress = await process.ended()
        #expect(progress.end == .exited(0), "\(progress.errorText)", sourceLocation: sourceLocation)
    }

    /// Ends it at once and gives its log.
    func kill() async -> String {
        process.signal(SIGKILL)
        return await process.ended().errorText
    }

    /// Sends a request with curl, to a path under the root.
    func send(
        _ method: String = "GET", _ path: String, token: String? = nil, json: String? = nil, form: String? = nil,
        fields: [String] = []
    ) async throws -> Response {
        var arguments = method == "HEAD" ? ["-I"] : ["-X", method]
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        if let json { arguments += ["-H", "Content-Type: application/json", "--data-raw", json] }
        if let form { arguments += ["--data-raw", form] }
        for field in fields { arguments += ["-H", field] }
        let outcome = try await curl(arguments + [base + path])
        guard outcome.succeeded else { throw Failure("\(method) \(path): \(outcome)") }
        return try Response(outcome.output)
    }

    /// Sends a request without curl, where there are hundreds; the start of a program takes longer than their answers.
    ///
    /// What asks again and again until something has happened uses ``send(_:_:token:json:form:fields:)``, whose time that is.
    func exchange(
        _ method: String = "GET", _ path: String, token: String? = nil, json: String? = nil, form: String? = nil,
        fields: [String] = []
    ) async throws -> Response {
        var lines = fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if json != nil { lines.append("Content-Type: application/json") }
        guard let port = UInt16(port) else { throw Failure("no port in \(base)") }
        let exchange = LoopbackExchange(method, path, port: port, fields: lines, body: json ?? form)
        return try Response(try await exchange.answer())
    }

    /// Runs curl, which prints the whole answer.
    func curl(_ arguments: [String]) async throws -> Command.Outcome {
        try await Command(["curl", "-sS", "-i", "--max-time", "60"] + arguments).run()
    }

    /// Sends a request until the answer has a status.
    ///
    /// - Throws: A description of the last answer where so many attempts did not bring it.
    func poll(
        for status: Int, _ path: String, token: String? = nil, attempts: Int = 1_000
    ) async throws -> Response {
        var last: Response?
        for _ in 0..<attempts {
            let response = try await send("GET", path, token: token)
            if response.status == status { return response }
            last = response
        }
        throw Failure("\(path) is not answered \(status) after \(attempts) attempts: \(last?.description ?? "")")
    }

    /// Waits until the request of one follower waits for the next change.
    func awaitFollower() async throws {
        while try await !send("GET", "/metrics").body.contains("\nauthd_waiting_followers 1\n") {}
    }

    /// From a log of either format.
    private static func address(in log: String) -> String? {
        let line = log.split(separator: "\n").first { $0.contains("authd is ready") }
        let found = line?.firstMatch(of: #/(?: address="?|"address":")([^" ]+)/#)
        return found.map { String($0.output.1) }
    }
}
