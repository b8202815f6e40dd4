// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

@testable import authd

@Suite("The file of settings", .tags(.security))
struct SettingsFileTests {
    /// Four files, each with a port of its own.
    private struct Folder {
        let directory: TemporaryDirectory

        func path(_ name: String) -> String { directory.file(name) }

        func port(
            _ arguments: [String] = [], _ environment: Variables = [:]
        ) throws -> String? {
            let file = try SettingsFile.find(
                SettingFlags(arguments), environment: environment, localPath: path("local"), systemPath: path("system"))
            return file?.contents.values["PORT"]
        }

        func expect(
            _ expected: String?, _ arguments: [String] = [], _ environment: Variables = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let found = try port(arguments, environment)
            #expect(found == expected, sourceLocation: sourceLocation)
        }
    }

    private func withFiles(_ names: [String], _ body: (Folder) throws -> Void) throws {
        let folder = Folder(directory: try TemporaryDirectory())
        defer { folder.directory.remove() }
        for name in names { try folder.directory.write("PORT=\(name.utf8.count)\n", to: name) }
        try body(folder)
    }

    @Test("is exactly one: the named one, else that of AUTHD_ENV_FILE, else .env, else the system's")
    func order() throws {
        try withFiles(["flag", "named by variable", "local", "system"]) { folder in
            let flag = ["--env-file", folder.path("flag")]
            let variable = ["AUTHD_ENV_FILE": folder.path("named by variable")]
            try folder.expect("4", flag, variable)
            try folder.expect("17", [], variable)
            try folder.expect("5", [], ["AUTHD_ENV_FILE": ""])
        }
        try withFiles(["system"]) { folder in try folder.expect("6") }
        try withFiles([]) { folder in try folder.expect(nil) }
    }

    @Test("in development is never the system's, whether a flag or the environment says so")
    func development() throws {
        try withFiles(["system"]) { folder in
            try folder.expect(nil, [], ["ENVIRONMENT": "development"])
            try folder.expect(nil, ["--environment", "development"])
            try folder.expect("6", ["--environment", "production"], ["ENVIRONMENT": "development"])
        }
        try withFiles(["local", "system"]) { folder in
            try folder.expect("5", [], ["ENVIRONMENT": "development"])
        }
    }

    @Test("that is named and missing, or is there and cannot be read, stops the command with the reason in words")
    func unreadable() throws {
        try withFiles([]) { folder in
            let path = folder.path("absent")
            expect("The settings file \(path), which --env-file names, cannot be read: No such file or directory.") {
                _ = try folder.port(["--env-file", path])
            }
            expect("The settings file \(path), which AUTHD_ENV_FILE names, cannot be read: No such file or directory.")
            {
                _ = try folder.port([], ["AUTHD_ENV_FILE": path])
            }
        }
        try withFiles(["system"]) { folder in
            // A folder can be read by no user, not even by root.
            try #require(mkdir(folder.path("local"), 0o700) == 0)
            expect(
                "The settings file \(folder.path("local")) cannot be read: Is a directory. Run the command as the user of the "
                    + "daemon, or name another file with --env-file."
            ) { _ = try folder.port() }
        }
    }

    private func expect(
        _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        do {
            try body()
            Issue.record("nothing was refused", sourceLocation: sourceLocation)
        } catch let failure as CommandFailure {
            #expect(failure.status == .configuration && failure.sentences == [sentence], sourceLocation: sourceLocation)
        } catch {
            Issue.record(error, sourceLocation: sourceLocation)
        }
    }

    struct Ownership: CustomTestStringConvertible {
        let owner: UInt32
        let group: UInt32
        let mode: UInt32
        let isUsed: Bool
        var testDescription: String { "\(owner):\(group) \(String(mode, radix: 8))" }
    }

    @Test(
        "that another user planted or may change is refused unless it is named",
        arguments: [
            Ownership(owner: 1_000, group: 1_000, mode: 0o600, isUsed: true),
            Ownership(owner: 1_000, group: 1_000, mode: 0o664, isUsed: true),
            Ownership(owner: 0, group: 1_000, mode: 0o640, isUsed: true),
            Ownership(owner: 0, group: 0, mode: 0o644, isUsed: true),
            Ownership(owner: 1_000, group: 100, mode: 0o664, isUsed: false),
            Ownership(owner: 1_000, group: 1_000, mode: 0o666, isUsed: false),
            Ownership(owner: 1_001, group: 1_000, mode: 0o600, isUsed: false),
        ])
    func ownership(_ test: Ownership) {
        let file = FileContents.Noted(bytes: [], owner: test.owner, group: test.group, mode: test.mode)
        let fault = SettingsFile.fault("/tmp/.env", file, reader: 1_000, group: 1_000)
        #expect((fault == nil) == test.isUsed)
        #expect(fault?.hasPrefix("The settings file /tmp/.env ") ?? true)
        // For root, a file of an ordinary user in the working directory is another user's.
        #expect(
            (SettingsFile.fault("/tmp/.env", file, reader: 0, group: 0) == nil)
                == (test.owner == 0 && test.mode & 0o022 == 0))
    }

    @Test("that the members of a shared group may change is refused, though it is the group of the process")
    func sharedGroup() {
        let file = FileContents.Noted(bytes: [], owner: 1_000, group: 100, mode: 0o664)
        let sentence = "The settings file /srv/.env can be changed by others: run `chmod 600 /srv/.env`."
        #expect(SettingsFile.fault("/srv/.env", file, reader: 1_000, group: 100) == sentence)
        let readable = FileContents.Noted(bytes: [], owner: 1_000, group: 100, mode: 0o640)
        #expect(SettingsFile.fault("/srv/.env", readable, reader: 1_000, group: 100) == nil)
    }

    @Test("that a link of another user leads to is refused, and one of root or of the reader is followed")
    func links() throws {
        for (owner, isUsed) in [(nil, true), (0, true), (1_000, true), (1_001, false)] as [(UInt32?, Bool)] {
            let fault = SettingsFile.fault("/tmp/.env", linkOwner: owner, reader: 1_000)
            #expect((fault == nil) == isUsed)
            #expect(fault?.hasPrefix("The settings file /tmp/.env is a symbolic link that belongs to another") ?? true)
        }
        try withFiles(["named"]) { folder in
            try #require(symlink(folder.path("named"), folder.path("local")) == 0)
            #expect(FileContents.linkOwner(folder.path("local")) == geteuid())
            #expect(FileContents.linkOwner(folder.path("named")) == nil)
            try folder.expect("5")
        }
    }

    @Test("that others may change is refused where it is found and used with a warning where it is named")
    func exposed() throws {
        try withFiles([]) { folder in
            try folder.directory.write("PORT=1\n", to: "local", permissions: 0o666)
            expect(
                "The settings file \(folder.path("local")) can be changed by others: run `chmod 600 \(folder.path("local"))`."
            ) { _ = try folder.port() }
            let named = try SettingsFile.find(SettingFlags(["--env-file", folder.path("local")]), environment: [:])
            #expect(named?.exposure?.contains("chmod 600") == true && named?.path == folder.path("local"))
        }
    }
}
