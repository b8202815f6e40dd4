// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

@Suite("memory after a burst", .oneAtATime, .timeLimit(.minutes(10)))
struct SoakTests {
    @Test("what a burst of mixed requests took is given back: `make soak`, in small")
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
