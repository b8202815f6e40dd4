// SPDX-License-Identifier: Apache-2.0

/// Measures what needs no server around it; prints one number in each line, behind its name.
///
/// Usage: `InProcess verify`, or `InProcess refresh POSTGRES_URL CONNECTIONS TASKS SECONDS` with the root key in `ROOT_KEY`.
@main
struct InProcess {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "verify":
            try VerifyMeasurement().print()
        case "refresh":
            try await RefreshMeasurement(Array(arguments.dropFirst())).print()
        default:
            throw UsageError()
        }
    }
}

struct UsageError: Error {}
