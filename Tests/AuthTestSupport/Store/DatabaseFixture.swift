// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStoreSQL
internal import Foundation

/// A database that a version of authd filled, as SQL, with the secrets that belong to it.
///
/// `scripts/make-database-fixture` writes it.
package struct DatabaseFixture: Sendable, CustomStringConvertible {
    /// The version that made it.
    package let version: String
    package let dialect: SQLDialect
    /// When it was dumped: its session and its mailed tokens are valid then.
    package var at: Timestamp { Timestamp(microseconds: secrets.atUs) }
    /// The last migration of that version.
    package var schemaVersion: Int64 { secrets.schemaVersion }
    let secrets: Secrets

    package var description: String { "\(dialect.rawValue) of \(version)" }

    /// The file with the statements that make it.
    package var script: String { "\(Self.root)/\(version)/\(dialect.rawValue).sql" }

    /// The members of the file beside the statements.
    struct Secrets: Decodable, Sendable {
        let atUs: Int64
        let schemaVersion: Int64
        let rootKey: String
        let issuer: String
        let password: String
        let active: String
        let unverified: String
        let disabled: String
        let refreshToken: String
        let accessToken: String
        let verificationToken: String
        let resetToken: String
    }

    /// Those of every released version, and of the version to be released next.
    ///
    /// - Throws: `Failure` where there are none; the error of a file that cannot be read.
    package static func all(for dialect: SQLDialect) throws -> [DatabaseFixture] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try versions().map { version in
            let file = URL(fileURLWithPath: "\(root)/\(version)/\(dialect.rawValue).json")
            return DatabaseFixture(
                version: version, dialect: dialect,
                secrets: try decoder.decode(Secrets.self, from: Data(contentsOf: file)))
        }
    }

    /// A migration as a version took it.
    package struct Step: Sendable, CustomStringConvertible {
        /// The version that took it.
        package let release: String
        package let dialect: SQLDialect
        package let number: Int64
        package let name: String
        package let checksum: String

        package var description: String { "\(dialect.rawValue) \(number) \(name) of \(release)" }
    }

    /// The migrations that each version took in each database.
    ///
    /// - Throws: `Failure` where a line cannot be read; the error of a file that cannot be read.
    package static func steps() throws -> [Step] {
        try versions().flatMap { version in
            let text = try String(contentsOfFile: "\(root)/\(version)/steps", encoding: .utf8)
            return try text.split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 4, let dialect = SQLDialect(rawValue: words[0]), let number = Int64(words[1])
                else {
                    throw Failure("no step: \(line)")
                }
                return Step(
                    release: version, dialect: dialect, number: number, name: words[2], checksum: words[3])
            }
        }
    }

    private static let root =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Fixtures/databases"

    private static func versions() throws -> [String] {
        let versions = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
        guard !versions.isEmpty else { throw Failure("there is no database in \(root)") }
        return versions
    }
}
