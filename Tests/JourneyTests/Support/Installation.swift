// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A folder with an empty database and settings, in which daemons and commands run as their user runs them.
struct Installation: Sendable {
    let directory: TemporaryDirectory
    /// The environment, besides what every program gets.
    var settings: [String: String]

    /// Settings with which a registration leaves no mail to be sent after its answer, for tests that count the events of an audit
    /// log.
    static let quiet = ["VERIFY_ON_REGISTRATION": "false"]

    /// Lends one for development.
    static func with<Result>(
        _ database: DatabaseKind, _ changes: [String: String] = [:], _ body: (Installation) async throws -> Result
    ) async throws -> Result {
        var settings = ["ENVIRONMENT": "development", "PORT": "0", "SHUTDOWN_DELAY_SECONDS": "0"]
        switch database {
        case .sqlite: break  // It is the default.
        case .postgres:
            settings["DATABASE_URL"] = try await PostgresCluster.shared.makeDatabase()
            // Every test of this machine may be starting a server just now.
            settings["DB_CONNECT_TIMEOUT"] = "60"
        }
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        return try await body(Installation(directory: directory, settings: settings.changed(by: changes)))
    }

    /// The same folder with other settings; an empty value takes one away.
    func with(_ changes: [String: String]) -> Installation {
        Installation(directory: directory, settings: settings.changed(by: changes))
    }

    /// Lends a daemon that serves here, ends it with SIGTERM and expects that it goes in peace.
    func serving<Result>(
        _ changes: [String: String] = [:], _ body: (RunningDaemon) async throws -> Result
    ) async throws -> Result {
        let daemon = try await RunningDaemon(with(changes))
        let result: Result
        do {
            result = try await body(daemon)
        } catch {
            let log = await daemon.kill()
            throw Failure("\(error)\nauthd wrote:\n\(log)")
        }
        try await daemon.stop()
        return result
    }

    /// Runs `authd` with arguments, however it ends.
    func authd(_ arguments: String..., input: String = "") async throws -> Command.Outcome {
        try await run(arguments, input: input)
    }

    /// Runs a command whose words stand in an array.
    func run(_ arguments: [String], input: String = "") async throws -> Command.Outcome {
        var command = Command([try AuthdBinary.path] + arguments)
        command.environment = environment
        command.directory = directory.path
        command.input = input
        return try await command.run()
    }

    /// Runs shell text that stops at the first line that fails.
    ///
    /// - Returns: What came of it, with every line that was reached in `errors`.
    func shell(_ text: String, before preparation: String = "", environment: [String: String]? = nil) async throws
        -> Command.Outcome
    {
        try directory.write("\(preparation)\nset -euv\n\(text)\n", to: "session.sh")
        var command = Command("sh", directory.file("session.sh"))
        command.environment = environment ?? self.environment
        command.directory = directory.path
        return try await command.run()
    }

    /// All that a program gets here, with `authd` in its path.
    var environment: [String: String] {
        var all = Command.environment.merging(settings) { _, ours in ours }
        all["PATH"] = directory.file("bin") + ":" + (all["PATH"] ?? "")
        return all
    }

    /// Makes `authd` a command of its own, under each of the given paths.
    func linkBinary(at paths: String...) throws {
        for path in paths {
            let link = URL(fileURLWithPath: directory.file(path))
            try FileManager.default.createDirectory(
                at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: link, withDestinationURL: URL(fileURLWithPath: try AuthdBinary.path))
        }
    }
}

extension [String: String] {
    /// With other values; an empty one takes the name away.
    fileprivate func changed(by changes: [String: String]) -> [String: String] {
        merging(changes) { _, new in new }.filter { !$0.value.isEmpty }
    }
}
