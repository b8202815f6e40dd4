// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Testing

/// A place where the daemon runs as an ordinary user without capabilities, and can write to one folder alone.
///
/// Where the tests run as root, the program and what confines it are copied to where an ordinary user can read them.
struct Confinement: Sendable {
    private let directory: TemporaryDirectory
    private let user: UnprivilegedUser

    /// Lends one whose daemon has these settings.
    static func with<Result>(
        _ settings: [String: String], _ body: (Confinement) async throws -> Result
    ) async throws -> Result {
        let user = UnprivilegedUser.current
        let directory = try TemporaryDirectory(owner: user.ids)
        defer { directory.remove() }
        let confinement = Confinement(directory: directory, user: user)
        try await confinement.prepare(settings)
        return try await body(confinement)
    }

    private func prepare(_ settings: [String: String]) async throws {
        let package = AuthdBinary.package
        // By programs: what this process opens to write, the programs that other tests start just then hold open too, and
        // a file that is open for writing cannot be run.
        try await Command(
            "cp", try AuthdBinary.path, package.appending(path: "scripts/run-confined").path,
            package.appending(path: "packaging/authd.service").path, directory.path
        ).succeed()
        try directory.write(settings.map { "\($0.key)=\($0.value)\n" }.joined(), to: "authd.env")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        if let ids = user.ids {
            for path in ["authd.env", "state"] { chown(directory.file(path), ids.user, ids.group) }
        }
    }

    /// The folder that the daemon may write to.
    var state: String { directory.file("state") }
    private var runner: String { directory.file("run-confined") }
    private var unit: String { directory.file("authd.service") }

    /// Runs the daemon under the restrictions of its unit file, to the letter of its `ExecStart`.
    ///
    /// A service manager's socket that `environment` names is shown to it.
    func servingAsUnit<Result>(
        environment: [String: String] = [:], _ body: (RunningDaemon) async throws -> Result
    ) async throws -> Result {
        try await serving(runCommand, environment: environment, body)
    }

    /// Runs shell text where ``servingAsUnit(_:)`` runs the daemon.
    func shellAsUnit(_ text: String) async throws -> Command.Outcome {
        var command = Command(user.wrapping(runCommand + ["sh", "-c", text], deathSignal: "KILL"))
        command.directory = directory.path
        return try await command.run()
    }

    /// Runs the `ExecReload` of the unit, as the service manager does while a daemon serves as the unit.
    func reload(_ daemon: RunningDaemon) async throws {
        let lines = try String(contentsOfFile: unit, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("ExecReload=") }
        guard lines.count == 1, let pid = daemon.process.pid else {
            throw Failure("the unit has \(lines.count) lines ExecReload=, or the daemon has ended")
        }
        // What passes signals on to the daemon stands in for it.
        let text = lines[0].dropFirst("ExecReload=".count)
        var command = Command(user.wrapping(["sh", "-c", "exec \(text)"], deathSignal: "KILL"))
        command.environment["MAINPID"] = "\(pid)"
        try await command.succeed()
    }

    /// Writes a file that the daemon's user alone may read.
    /// - Returns: Its path, which the service manager can reach, and what is confined cannot.
    func write(_ text: String, to name: String) throws -> String {
        try directory.writeForOwner(text, to: name)
        return directory.file(name)
    }

    /// Writes a file into the folder of the daemon's state, which is its working directory.
    func writeState(_ text: String, to name: String) throws {
        try directory.writeForOwner(text, to: "state/\(name)")
    }

    /// The path of a socket that both the test and what is confined can reach.
    func socket(_ name: String) -> String { directory.file(name) }

    /// Gives a line of this place's copy of the unit another value.
    func setInUnit(_ name: String, _ value: String) throws {
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count(where: { $0.hasPrefix("\(name)=") }) == 1 else {
            throw Failure("the unit has no line \(name)=")
        }
        try lines.map { $0.hasPrefix("\(name)=") ? "\(name)=\(value)" : String($0) }.joined(separator: "\n")
            .write(toFile: unit, atomically: false, encoding: .utf8)
    }

    /// Appends a line to the section `[Service]` of this place's copy of the unit.
    func addToUnit(_ line: String) throws {
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        try text.replacingOccurrences(of: "[Service]\n", with: "[Service]\n\(line)\n")
            .write(toFile: unit, atomically: false, encoding: .utf8)
    }

    private var runCommand: [String] {
        [
            "/usr/bin/python3", runner, "--unit", unit, "--binary", directory.file("authd"),
            "--settings", directory.file("authd.env"), "--state", state,
        ]
    }

    /// Runs the daemon as its container does: as process 1 of a user of its own number, without capabilities, on a
    /// read-only root, in a folder that it may write to.
    func servingAsContainer<Result>(_ body: (RunningDaemon) async throws -> Result) async throws -> Result {
        try await serving(runCommand + ["--container"], body)
    }

    private func serving<Result>(
        _ command: [String], environment: [String: String] = [:], _ body: (RunningDaemon) async throws -> Result
    ) async throws -> Result {
        let daemon = try await RunningDaemon(
            starting: user.wrapping(command, deathSignal: "KILL"),
            environment: Command.environment.merging(environment) { $1 }, directory: directory.path)
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
}
