// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

/// Settings as the environment gives them.
typealias Variables = [String: String]

/// Values that stand for secrets in these tests.
enum Secrets {
    static let strong = "q7Zr2mXv9KpL4wTb8NcJ5hYd3fGs6aUe"
    static let rootKey = "b7d04e91f8236ca5174f9be20d83c6a95e1f70b42c98d36ea07b5fc1283d49e6"
    static let otherRootKey = "1c8fa35e6b02d974be41730cf6a98d25837eb14f09c6d25ae8734fb9106dc25b"
}

extension EnvironmentFile {
    /// A file with these names and values, which need no quotes.
    static func containing(_ variables: Variables, name: String = ".env") -> EnvironmentFile {
        let lines = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return EnvironmentFile(Array(lines.joined(separator: "\n").utf8), name: name)
    }
}

extension DaemonConfiguration {
    /// Reads variables on a machine of four processors.
    static func read(_ variables: Variables) throws(ConfigurationProblems) -> DaemonConfiguration {
        try read(SettingSources(environment: variables), processors: 4)
    }

    /// The sentences about variables that cannot be used.
    static func problems(in variables: Variables) -> [String] {
        problems(in: SettingSources(environment: variables))
    }

    /// The sentences about settings that cannot be used.
    static func problems(in sources: SettingSources) -> [String] {
        do throws(ConfigurationProblems) {
            _ = try read(sources, processors: 4)
            return []
        } catch {
            return error.all.map(\.sentence)
        }
    }
}
