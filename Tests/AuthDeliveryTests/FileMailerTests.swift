// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Foundation
import Testing

@Suite("File mailer", .timeLimit(.minutes(10)))
struct FileMailerTests {
    @Test("mails are appended as readable blocks to a file only its owner reads")
    func appends() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/mail.log"
            let mailer = try mailer(path)

            try await mailer.send(try mail("prt_one"))
            try await mailer.send(try mail("prt_two"))

            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.hasPrefix("---- 2001-09-09T01:46:40.000000Z ----\nTo: ada@example.test\nSubject: Reset"))
            #expect(text.contains("\n\nprt_one\n\n"))
            #expect(text.contains("\n\nprt_two\n\n"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("a file that others could read is closed to them before anything is written")
    func tightens() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/mail.log"
            #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]))

            _ = try mailer(path)

            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test(
        "links, folders and pipes in the file's place are refused at the start",
        arguments: ["symbolic", "hard", "folder", "pipe"])
    func refusesOthers(_ kind: String) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/mail.log"
            let target = "\(folder)/target"
            try Data().write(to: URL(fileURLWithPath: target))
            switch kind {
            case "symbolic": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            case "hard": try FileManager.default.linkItem(atPath: target, toPath: path)
            case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            default: #expect(mkfifo(path, 0o600) == 0)
            }

            let error = #expect(throws: MailError.self) { try mailer(path) }

            #expect(error?.isUnavailable(containing: "the mail file") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: target)).isEmpty)
        }
    }

    @Test("a link put there later gets no token")
    func refusesLaterLink() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/mail.log"
            let mailer = try mailer(path)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder)/target")

            let error = await failure(of: mailer, sending: try mail("prt_one"))

            #expect(error?.isUnavailable(containing: "cannot be opened") == true)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/target"))
        }
    }

    private func mailer(_ path: String) throws -> FileMailer {
        try FileMailer(
            path: path, composer: MailComposer(appName: "Shop", templates: try MailTemplates()),
            now: { Timestamp(seconds: 1_000_000_000) })
    }

    private func mail(_ token: String) throws -> OutgoingMail {
        OutgoingMail(
            recipient: try EmailAddress("ada@example.test"), recipientName: nil,
            message: .passwordReset(token: MailToken(token), validFor: .seconds(3600)))
    }
}
