// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Counts the instructions that reading a text costs, where reading takes the square of the length or not.
///
/// A count depends neither on the machine's load nor on its speed.
@Suite("Cost of text from the network")
struct WireTextCostTests {
    @Test(
        """
        grows with its length and no faster, and combining marks cost little more than letters, in every header field, \
        target, body, token and key set
        """)
    func linear() async throws {
        let counts = try await InstructionCounts.measured()

        #expect(counts.readers.count > 50)
        for reader in counts.readers {
            let full = try #require(counts[reader, "marks/full"])
            let half = try #require(counts[reader, "marks/half"])
            let letters = try #require(counts[reader, "ascii/full"])
            // What a call costs whatever the text is hides nothing, because the text is long.
            #expect(full * 10 <= half * 22, "\(reader): \(full) instructions for twice what took \(half)")
            if reader != "normalization" {
                #expect(full <= letters * 4, "\(reader): \(full) instructions for marks, \(letters) for letters")
            }
        }
    }
}

/// What the probe's calls cost, as callgrind counted it.
private struct InstructionCounts {
    private var counts: [String: Int] = [:]
    private(set) var readers: [String] = []

    subscript(_ reader: String, _ text: String) -> Int? { counts["\(reader)\t\(text)"] }

    /// The symbol of the probe's function `countedCall(_:)`.
    private static let countedCall = "$s16InstructionProbe11countedCallyyyyXEF"

    static func measured() async throws -> InstructionCounts {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        // valgrind does not read every form of debug information, and needs none.
        let probe = folder.file("probe")
        _ = try await run("strip", ["--strip-debug", "-o", probe, try path(of: "InstructionProbe")])
        let dumps = folder.file("dump")
        let output = try await run(
            "valgrind",
            [
                "--tool=callgrind", "--callgrind-out-file=\(dumps)", "--toggle-collect=\(countedCall)",
                "--dump-after=\(countedCall)", "--quiet", probe,
            ])
        var counts = InstructionCounts()
        for (index, line) in output.split(separator: "\n").enumerated() {
            let parts = line.split(separator: "\t").map(String.init)
            guard parts.count == 2 else { throw Failure("unexpected line: \(line)") }
            let dump = try String(contentsOfFile: "\(dumps).\(index + 1)", encoding: .utf8)
            let total = dump.split(separator: "\n").first { $0.hasPrefix("totals: ") }
            guard let count = total.flatMap({ Int($0.dropFirst("totals: ".count)) }), count > 0 else {
                throw Failure("no count of \(line)")
            }
            counts.counts[String(line)] = count
            if !counts.readers.contains(parts[0]) { counts.readers.append(parts[0]) }
        }
        return counts
    }

    /// The root of the package.
    private static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built program, beside these tests or where it is built.
    private static func path(of program: String) throws -> String {
        let folders = [
            Bundle.main.executableURL?.deletingLastPathComponent(),
            CommandLine.arguments.first.map { URL(fileURLWithPath: $0).deletingLastPathComponent() },
            package.appending(path: ".build/debug"),
        ]
        let candidates = folders.compactMap { $0?.appending(path: program).path }
        guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw Failure("There is no \(program): run `swift build --build-tests`.")
        }
        return path
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        var command = Command([program] + arguments)
        command.environment = ProcessInfo.processInfo.environment
        // Sets of names cost more or less by the seed of their hashes, which is another one in each process.
        command.environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
        command.limit = 1_200
        let outcome = try await command.run()
        guard outcome.succeeded else { throw Failure("\(outcome)\nscripts/bootstrap test installs \(program).") }
        return outcome.output
    }
}
