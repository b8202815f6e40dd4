// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing

/// A Python server from `Support/` that lives as long as the closure it is lent to.
///
/// `AUTHD_TEST_PYTHON` names the interpreter (default `python3`), which needs aiosmtpd. A missing one fails the test.
struct ChildServer: Sendable {
    let port: Int
    /// A folder of its own, in which it leaves what it took and its certificate.
    let folder: String

    var certificate: String { "\(folder)/certificate.pem" }

    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    static func running<Value>(
        _ script: String, _ arguments: [String] = [], _ body: (ChildServer) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryFolder { folder in
            let process = Process()
            let input = Pipe()
            let output = Pipe()
            let errors = Pipe()
            let file = try #require(Bundle.module.path(forResource: "Support/\(script)", ofType: "py"))
            let python = ProcessInfo.processInfo.environment["AUTHD_TEST_PYTHON"] ?? "python3"
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [python, file, folder] + arguments
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            // The server ends with its standard input, whatever becomes of this process.
            defer { try? input.fileHandleForWriting.close() }
            let line = await firstLine(of: output.fileHandleForReading)
            guard let port = Int(line) else {
                let words = errors.fileHandleForReading.readDataToEndOfFile()
                throw NotStarted(description: "\(script): " + String(decoding: words, as: UTF8.self))
            }
            return try await body(ChildServer(port: port, folder: folder))
        }
    }

    private static func firstLine(of handle: FileHandle) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var bytes: [UInt8] = []
                while let next = try? handle.read(upToCount: 1), let byte = next.first, byte != 0x0A {
                    bytes.append(byte)
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}

func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    var template = Array(NSTemporaryDirectory().appending("authd-mail-XXXXXX").utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
