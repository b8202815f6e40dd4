// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// `scripts/bootstrap` where nothing is missing.
@Suite("Installing what the tests need", .timeLimit(.minutes(5)))
struct BootstrapTests {
    /// A folder with the script alone, and an environment for Python whose interpreter runs a shell script.
    ///
    /// Programs that install something write down that they were called, and fail.
    private static func run(python: String) async throws -> (outcome: Command.Outcome, calls: String) {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        for path in ["scripts", ".venv/bin", "bin"] {
            try FileManager.default.createDirectory(atPath: folder.file(path), withIntermediateDirectories: true)
        }
        let script = try AuthdBinary.text(of: "scripts/bootstrap")
        try folder.write(script, to: "scripts/bootstrap", permissions: 0o700)
        try folder.write("#!/bin/sh\n\(python)\n", to: ".venv/bin/python", permissions: 0o700)
        try folder.write("#!/bin/sh\necho 'Swift version 6.3 (swift-6.3-RELEASE)'\n", to: "swift", permissions: 0o700)
        let refusal = "#!/bin/sh\necho \"$0 $*\" >>'\(folder.file("calls"))'\nexit 1\n"
        for name in ["apt-get", "sudo"] {
            try folder.write(refusal, to: "bin/\(name)", permissions: 0o700)
        }
        try folder.write(refusal, to: ".venv/bin/pip", permissions: 0o700)
        // Makes no environment, and runs every other program.
        try folder.write(
            """
            #!/bin/sh
            [ "$1 $2" != "-m venv" ] || { echo "$0 $*" >>'\(folder.file("calls"))'; exit 1; }
            exec /usr/bin/env -i PATH="${PATH#*:}" HOME="$HOME" python3 "$@"
            """, to: "bin/python3", permissions: 0o700)
        var command = Command(folder.file("scripts/bootstrap"), "test")
        command.environment["PATH"] = folder.file("bin") + ":" + (command.environment["PATH"] ?? "")
        command.environment["SWIFT"] = folder.file("swift")
        let outcome = try await command.run()
        return (outcome, (try? String(contentsOfFile: folder.file("calls"), encoding: .utf8)) ?? "")
    }

    @Test("the Python packages that were installed are found, and nothing is installed again")
    func found() async throws {
        let python = try await TestPython.interpreter(with: "drf_spectacular_sidecar")
        let (outcome, calls) = try await Self.run(python: "exec '\(python)' \"$@\"")

        #expect(outcome.succeeded, "\(outcome)")
        #expect(!outcome.output.contains("Installing"), "\(outcome)")
        #expect(calls.isEmpty, "\(calls)")
    }

    @Test("an environment that lacks them is made anew, and a failure of that is one of the script")
    func missing() async throws {
        let (outcome, calls) = try await Self.run(python: "exit 1")

        #expect(!outcome.succeeded)
        #expect(outcome.output.contains("Installing Python packages into .venv"), "\(outcome)")
        #expect(calls.contains("-m venv --clear .venv"), "\(calls)")
    }
}
