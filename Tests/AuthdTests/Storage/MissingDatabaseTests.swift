// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import authd

@Suite("A database that is not there")
struct MissingDatabaseTests {
    private func requirement(_ path: String) throws -> CommandFailure? {
        let configuration = try DaemonConfiguration.read(["DATABASE_URL": "sqlite:///\(path)"])
        do throws(CommandFailure) {
            try configuration.requireDatabase()
            return nil
        } catch {
            return error
        }
    }

    @Test("stops a command in one sentence with the full path, and nothing is made")
    func missing() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = folder.file("authd.db")
        let sentence =
            "There is no database at \(path); name the daemon's settings with --env-file, or make a database with `authd "
            + "migrate`."
        #expect(try requirement(path) == CommandFailure(.configuration, sentence))
        #expect(try requirement(folder.file("none/authd.db"))?.sentences.first?.contains("none/authd.db;") == true)
        #expect(!folder.exists("authd.db") && !folder.exists("authd.db.key") && !folder.exists("none"))

        try folder.write("", to: "authd.db")
        #expect(try requirement(path)?.sentences == [sentence])
        try folder.write("SQLite format 3", to: "authd.db")
        #expect(try requirement(path) == nil)
    }

    @Test("is told from a lost one, whose root key is still there")
    func lost() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write("\(Secrets.rootKey)\n", to: "authd.db.key")
        let failure = try #require(try requirement(folder.file("authd.db")))
        #expect(failure.sentences.first?.contains("restore it from the backup") == true)
    }
}
