// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTestSupport
import FoundationEssentials
import Glibc
import Testing

@testable import authd

@Suite("Audit head file", .tags(.security))
struct AuditHeadFileTests {
    private static func checkpoint(_ sequence: Int64) -> AuditCheckpoint {
        AuditCheckpoint(
            head: AuditHead(segment: 3, link: AuditLink(sequence: sequence, digest: [UInt8](0..<32))),
            at: Timestamp(seconds: 1), signature: [UInt8](200..<232))
    }

    @Test("keeps the last head for its owner only, and reads it again")
    func roundTrip() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let file = AuditHeadFile(path: folder.file("head"))

        let before = try await file.load()
        try await file.keep(Self.checkpoint(1))
        try await file.keep(Self.checkpoint(1_234))
        let read = try #require(try await file.load())

        #expect(before == nil)
        #expect(read.head == Self.checkpoint(1_234).head)
        #expect(read.signature == Self.checkpoint(1_234).signature)
        #expect(try folder.permissions(of: "head") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["head"])
    }

    @Test("holds a line that the commands take as a checkpoint")
    func line() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try await AuditHeadFile(path: folder.file("head")).keep(Self.checkpoint(7))

        let text = try String(contentsOfFile: folder.file("head"), encoding: .utf8)

        #expect(text == CheckpointLine.text(of: Self.checkpoint(7)) + "\n")
        #expect(CheckpointLine.checkpoint(in: text)?.head == Self.checkpoint(7).head)
    }

    @Test("is replaced by another file, so that a reader has the former head or the new one as a whole")
    func replacement() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let file = AuditHeadFile(path: folder.file("head"))
        try await file.keep(Self.checkpoint(1))
        // A second name of the former file shows that its bytes are not touched.
        #expect(link(folder.file("head"), folder.file("former")) == 0)

        try await file.keep(Self.checkpoint(2))

        #expect(try await AuditHeadFile(path: folder.file("former")).load()?.head == Self.checkpoint(1).head)
        #expect(try await file.load()?.head == Self.checkpoint(2).head)
    }

    @Test("what a crash has left of a replacement is neither read nor in the way")
    func leftover() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let file = AuditHeadFile(path: folder.file("head"))
        try await file.keep(Self.checkpoint(1))
        try folder.write("audit checkpoint dig", to: "head.new")

        let read = try await file.load()
        try await file.keep(Self.checkpoint(2))

        #expect(read?.head == Self.checkpoint(1).head)
        #expect(try await file.load()?.head == Self.checkpoint(2).head)
        #expect(!folder.exists("head.new"))
    }

    @Test(
        "that holds anything else is an error, not a missing head, and stays as it is",
        arguments: [
            "", "\n", "0123456789abcdef\n", "audit checkpoint\n", "audit checkpoint segment=3 sequence=1 digest=AA\n",
            CheckpointLine.text(of: Self.checkpoint(1)) + String(repeating: " ", count: 2_048),
        ])
    func garbled(_ text: String) async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(text, to: "head")
        let path = folder.file("head")

        let error = await #expect(throws: AuditHeadKeepingError.self) { try await AuditHeadFile(path: path).load() }

        #expect(
            error?.sentence
                == "AUDIT_HEAD_FILE \(path) does not hold an audit checkpoint: put one from the log into it, "
                + "or remove it if no log has one.")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test("that holds bytes outside UTF-8 is an error")
    func binary() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = folder.file("head")
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: path))

        let error = await #expect(throws: AuditHeadKeepingError.self) { try await AuditHeadFile(path: path).load() }

        #expect(error?.sentence.contains("does not hold an audit checkpoint") == true)
    }

    @Test("that cannot be read is an error that says why")
    func unreadable() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        // Not even root reads a folder as a file.
        let error = await #expect(throws: AuditHeadKeepingError.self) {
            try await AuditHeadFile(path: folder.path).load()
        }

        #expect(error?.sentence == "AUDIT_HEAD_FILE \(folder.path) cannot be read: Is a directory.")
    }

    @Test("that cannot be replaced is an error, and the former head stays")
    func failedReplacement() async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let file = AuditHeadFile(path: folder.file("head"))
        try await file.keep(Self.checkpoint(1))
        try FileManager.default.createDirectory(atPath: folder.file("head.new"), withIntermediateDirectories: false)

        let error = await #expect(throws: AuditHeadKeepingError.self) { try await file.keep(Self.checkpoint(2)) }

        #expect(error?.sentence.hasPrefix("AUDIT_HEAD_FILE \(file.path) cannot be written: File exists; ") == true)
        #expect(try await file.load()?.head == Self.checkpoint(1).head)
    }

    /// The last of them is read-only for every user.
    @Test(
        "in a folder that cannot be written to is an error",
        arguments: ["missing/head", "file/head", "/sys/authd-head"])
    func folder(_ name: String) async throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write("", to: "file")
        let path = name.hasPrefix("/") ? name : folder.file(name)

        let error = await #expect(throws: AuditHeadKeepingError.self) {
            try await AuditHeadFile(path: path).keep(Self.checkpoint(1))
        }

        #expect(error?.sentence.hasPrefix("AUDIT_HEAD_FILE \(path) cannot be written: ") == true)
    }

    @Test("is beside the SQLite database, in the working directory for PostgreSQL, or where the setting says")
    func place() throws {
        func file(_ settings: [String: String]) throws -> AuditHeadFile? {
            let given = ["ROOT_KEY": Secrets.rootKey].merging(settings) { $1 }
            return try DaemonConfiguration.read(given).auditHeads as? AuditHeadFile
        }
        let postgres = "postgresql://authd@127.0.0.1/authd"

        #expect(try file(["DATABASE_URL": "sqlite:////var/lib/authd/a.db"])?.path == "/var/lib/authd/a.db.audit-head")
        #expect(try file(["DATABASE_URL": postgres])?.path == "authd.audit-head")
        #expect(try file(["DATABASE_URL": postgres, "AUDIT_HEAD_FILE": "/var/lib/a"])?.path == "/var/lib/a")
        #expect(try file(["DATABASE_URL": "memory:"]) == nil)
    }

    @Test("is off where the setting says so, with a warning")
    func off() throws {
        let daemon = try DaemonConfiguration.read(["ROOT_KEY": Secrets.rootKey, "AUDIT_HEAD_FILE": "off"])

        #expect(daemon.auditHeads == nil)
        #expect(daemon.warnings.contains { $0.hasPrefix("AUDIT_HEAD_FILE is off: ") })
    }
}
