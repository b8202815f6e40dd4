// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

@Suite("Memory after a burst", .oneAtATime, .timeLimit(.minutes(10)))
struct SoakTests {
    @Test("memory of a burst of mixed requests is returned to the system: `make soak`, in small")
    func givesBack() async throws {
        var soak = Command(
            "python3", AuthdBinary.package.appending(path: "Benchmarks/soak.py").path, "--binary",
            try AuthdBinary.path, "--minutes", "0.1", "--quiet", "2", "--clients", "24")
        soak.limit = 300

        let outcome = try await soak.run()

        #expect(outcome.succeeded, "\(outcome)")
        #expect(outcome.output.contains("quiet: "), "\(outcome)")
    }
}
