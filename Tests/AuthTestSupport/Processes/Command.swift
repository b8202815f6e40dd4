// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A program that runs to its end.
package struct Command: Sendable {
    /// What came of it.
    package struct Outcome: Sendable, CustomStringConvertible {
        package let command: String
        package let end: ChildProcess.End
        package let output: String
        package let errors: String

        package var succeeded: Bool { end == .exited(0) }
        package var description: String { "\(command): \(end)\n\(output)\(errors)" }
    }

    package var arguments: [String]
    package var environment: [String: String] = Command.environment
    package var directory: String = "/"
    /// What it reads from standard input.
    package var input: String = ""
    /// Seconds after which it is killed.
    package var limit: TimeInterval = 120

    package init(_ arguments: String...) {
        self.arguments = arguments
    }

    package init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Runs it, however it ends.
    package func run() async throws(Failure) -> Outcome {
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
    package func succeed() async throws(Failure) -> String {
        let outcome = try await run()
        guard outcome.succeeded else { throw Failure(outcome.description) }
        return outcome.output
    }

    /// What every program gets, and nothing of the tests' own settings.
    package static let environment: [String: String] = {
        let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
        return inherited.merging(["LC_ALL": "C.UTF-8"]) { _, fixed in fixed }
    }()
}
