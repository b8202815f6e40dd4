// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A Python server from `Support/` that lives as long as the closure it is lent to.
///
/// `AUTHD_TEST_PYTHON` names the interpreter (default `python3`), which needs aiosmtpd. A missing one fails the test.
struct ChildServer: Sendable {
    let port: Int
    /// A folder of its own, in which it leaves what it took and its certificate.
    let folder: String
    private let process: ChildProcess

    var certificate: String { "\(folder)/certificate.pem" }

    /// Waits until it has written a line.
    func wrote(_ line: String) async throws {
        let progress = await process.progress { Self.lines(of: $0).contains(line) }
        guard Self.lines(of: progress).contains(line) else { throw Failure("no \(line): \(progress.errorText)") }
    }

    private static func lines(of progress: ChildProcess.Progress) -> [String] {
        String(decoding: progress.output, as: UTF8.self).split { $0 == "\n" }.map { String($0) }
    }

    static func running<Value>(
        _ script: String, _ arguments: [String] = [], _ body: (ChildServer) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            let file = try #require(Bundle.module.path(forResource: "Support/\(script)", ofType: "py"))
            let python = ProcessInfo.processInfo.environment["AUTHD_TEST_PYTHON"] ?? "python3"
            let process = try ChildProcess(
                [python, file, folder] + arguments, environment: Command.environment,
                directory: FileManager.default.currentDirectoryPath, limit: 600)
            // The server ends with its standard input.
            defer { process.closeInput() }
            let progress = await process.progress { $0.output.contains(0x0A) }
            let line = String(decoding: progress.output.prefix { $0 != 0x0A }, as: UTF8.self)
            guard let port = Int(line) else { throw Failure("\(script): \(progress.errorText)") }
            return try await body(ChildServer(port: port, folder: folder, process: process))
        }
    }
}

func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = try TemporaryDirectory()
    defer { folder.remove() }
    return try await body(folder.path)
}
