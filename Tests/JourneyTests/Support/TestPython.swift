// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// The Python interpreter with the packages that tests need.
enum TestPython {
    /// Runs Python with a module that must be installed: the first of several interpreters that has it.
    static func run(with module: String, _ arguments: String...) async throws -> Command.Outcome {
        try await run(with: module, arguments)
    }

    /// The same with the arguments in an array.
    static func run(with module: String, _ arguments: [String]) async throws -> Command.Outcome {
        try await Command([interpreter(with: module)] + arguments).run()
    }

    /// The first of several interpreters that has a module.
    static func interpreter(with module: String) async throws -> String {
        let named = ProcessInfo.processInfo.environment["AUTHD_TEST_PYTHON"]
        let own = AuthdBinary.package.appending(path: ".venv/bin/python").path
        for interpreter in [named, own, "python3"].compactMap({ $0 }) {
            let search = "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)"
            if try await Command(interpreter, "-c", search).run().succeeded { return interpreter }
        }
        throw Failure(
            """
            No Python has the module \(module). Run `scripts/bootstrap test`, which installs it into .venv, or name an \
            interpreter that has it in AUTHD_TEST_PYTHON.
            """)
    }
}
