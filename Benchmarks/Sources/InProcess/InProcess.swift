// SPDX-License-Identifier: Apache-2.0

/// Measures what needs no server around it; prints numbers, each line behind its name.
///
/// Usage: `InProcess verify VERIFICATIONS`, `InProcess purge DATABASE_URL LIMIT`, or
/// `InProcess refresh POSTGRES_URL CONNECTIONS TASKS SECONDS` with the root key in `ROOT_KEY`.
@main
struct InProcess {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "verify":
            try VerifyMeasurement(Array(arguments.dropFirst())).print()
        case "purge":
            try await PurgeMeasurement(Array(arguments.dropFirst())).print()
        case "refresh":
            try await RefreshMeasurement(Array(arguments.dropFirst())).print()
        default:
            throw UsageError()
        }
    }
}

struct UsageError: Error {}
