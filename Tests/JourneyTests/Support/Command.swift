// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that runs to its end.
struct Command: Sendable {
    /// What came of it.
    struct Outcome: Sendable, CustomStringConvertible {
        let command: String
        let end: ChildProcess.End
        let output: String
        let errors: String

        var succeeded: Bool { end == .exited(0) }
        var description: String { "\(command): \(end)\n\(output)\(errors)" }
    }

    var arguments: [String]
    var environment: [String: String] = Command.environment
    var directory: String = "/"
    /// What it reads from standard input.
    var input: String = ""
    /// Seconds after which it is killed.
    var limit: TimeInterval = 120

    init(_ arguments: String...) {
        self.arguments = arguments
    }

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Runs it, however it ends.
    func run() async throws(Failure) -> Outcome {
        let process = try ChildProcess(arguments, environment: environment, directory: directory, limit: limit)
        process.write(input)
        process.closeInput()
        let progress = await process.ended()
        return Outcome(
            command: arguments.joined(separator: " "), end: progress.end ?? .notStarted,
            output: String(decoding: progress.output, as: UTF8.self), errors: progress.errorText)
    }

    /// Runs it and gives what it wrote to standard output.
    ///
    /// - Throws: A description where it ends with anything but 0.
    @discardableResult
    func succeed() async throws(Failure) -> String {
        let outcome = try await run()
        guard outcome.succeeded else { throw Failure(outcome.description) }
        return outcome.output
    }

    /// What every program gets, and nothing of the tests' own settings.
    static let environment: [String: String] = {
        let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
        return inherited.merging(["LC_ALL": "C.UTF-8"]) { _, fixed in fixed }
    }()
}
