// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthTestSupport
import FoundationEssentials
import Glibc
import Testing

@testable import authd

@Suite("Root key file", .tags(.security))
struct RootKeyFileTests {
    @Test("is made once, for its owner only, and read again")
    func making() throws {
        try inTemporaryFolder { folder in
            let file = RootKeyFile(path: "\(folder)/root.key")

            let made = try file.load(mayCreate: true, random: SystemRandom())
            let read = try file.load(mayCreate: false, random: SystemRandom())

            #expect(made.wasCreated)
            #expect(!read.wasCreated)
            #expect(made.key.digits == read.key.digits)
            var status = stat()
            #expect(stat(file.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["root.key"])
        }
    }

    @Test("is made by `authd key make-root` for its owner only, and never in the place of another file")
    func makingAnother() throws {
        try inTemporaryFolder { folder in
            let file = RootKeyFile(path: "\(folder)/root.key")
            try file.make(random: SystemRandom())
            let made = try file.load(mayCreate: false, random: SystemRandom())
            var status = stat()
            #expect(stat(file.path, &status) == 0 && status.st_mode & 0o777 == 0o600)

            #expect(throws: RootKeyFileError.exists(file.path)) { try file.make(random: SystemRandom()) }
            #expect(try file.load(mayCreate: false, random: SystemRandom()).key.digits == made.key.digits)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["root.key"])
        }
    }

    @Test("is not made where it may not be")
    func missing() throws {
        try inTemporaryFolder { folder in
            let path = "\(folder)/root.key"
            #expect(throws: RootKeyFileError.missing(path)) {
                try RootKeyFile(path: path).load(mayCreate: false, random: SystemRandom())
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test(
        "is refused where others may read or change it",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777])
    func exposed(mode: Int) throws {
        try inTemporaryFolder { folder in
            let path = try Self.write("\(Secrets.rootKey)\n", in: folder, mode: mode)
            #expect(throws: RootKeyFileError.exposed(path)) {
                try RootKeyFile(path: path).load(mayCreate: true, random: SystemRandom())
            }
        }
    }

    /// A file that is mounted into a container, whose daemon is user 10001.
    struct Mounted: CustomTestStringConvertible {
        let owner: uid_t
        let mode: mode_t
        let isUsed: Bool
        var testDescription: String { "\(owner) \(String(mode, radix: 8))" }
    }

    @Test(
        "that is mounted belongs to the daemon's user alone, or to root and is read through the group",
        arguments: [
            Mounted(owner: 10_001, mode: 0o400, isUsed: true), Mounted(owner: 10_001, mode: 0o600, isUsed: true),
            Mounted(owner: 10_001, mode: 0o440, isUsed: false), Mounted(owner: 10_001, mode: 0o604, isUsed: false),
            Mounted(owner: 0, mode: 0o440, isUsed: true), Mounted(owner: 0, mode: 0o640, isUsed: true),
            Mounted(owner: 0, mode: 0o444, isUsed: false), Mounted(owner: 0, mode: 0o660, isUsed: false),
            Mounted(owner: 10_002, mode: 0o400, isUsed: false), Mounted(owner: 10_002, mode: 0o440, isUsed: false),
        ])
    func mounted(_ file: Mounted) {
        #expect(
            (RootKeyFile(path: "k").fault(mode: file.mode, owner: file.owner, reader: 10_001) == nil) == file.isUsed)
    }

    @Test(
        "that Docker or systemd mounts may be read by everyone in the container, and changed by root alone",
        arguments: [
            ("/run/secrets/root_key", 0, 0o444, true), ("/var/run/secrets/root_key", 0, 0o444, true),
            ("/run/credentials/authd.service/root_key", 0, 0o444, true), ("/run/secrets/root_key", 0, 0o666, false),
            ("/run/secrets/root_key", 0, 0o464, false), ("/run/secrets/root_key", 10_001, 0o444, false),
            ("/run/secrets/../../tmp/root_key", 0, 0o444, false), ("/run/secretsroot_key", 0, 0o444, false),
            ("/tmp/run/secrets/root_key", 0, 0o444, false),
        ] as [(String, uid_t, mode_t, Bool)])
    func mountedForAll(path: String, owner: uid_t, mode: mode_t, isUsed: Bool) {
        for reader: uid_t in [0, 10_001] where owner == 0 || owner == reader {
            let fault = RootKeyFile(path: path).fault(mode: mode, owner: owner, reader: reader)
            #expect((fault == nil) == isUsed, "\(reader)")
            let secret = SecretFile(path: path).fault(mode: mode, owner: owner, reader: reader)
            #expect((secret == nil) == isUsed, "\(reader)")
        }
    }

    @Test("holds 64 hexadecimal digits and perhaps a line end")
    func contents() throws {
        try inTemporaryFolder { folder in
            for text in [Secrets.rootKey, "\(Secrets.rootKey)\n"] {
                let path = try Self.write(text, in: folder, mode: 0o400)
                let loaded = try RootKeyFile(path: path).load(mayCreate: false, random: SystemRandom())
                #expect(loaded.key.digits == Secrets.rootKey)
                unlink(path)
            }
            for text in ["", "0123", "\(Secrets.rootKey)0", String(repeating: "x", count: 64)] {
                let path = try Self.write(text, in: folder, mode: 0o600)
                #expect(throws: RootKeyFileError.malformed(path)) {
                    try RootKeyFile(path: path).load(mayCreate: true, random: SystemRandom())
                }
                unlink(path)
            }
        }
    }

    @Test("is no folder and no pipe, and opening does not wait for one")
    func otherKinds() throws {
        try inTemporaryFolder { folder in
            let pipe = "\(folder)/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            for path in [folder, pipe] {
                #expect(throws: RootKeyFileError.notAFile(path)) {
                    try RootKeyFile(path: path).load(mayCreate: true, random: SystemRandom())
                }
            }
        }
    }

    @Test("every refusal is a sentence that names the setting and the file")
    func sentences() {
        let errors: [RootKeyFileError] = [
            .missing("k"), .unreadable("k", code: EACCES), .cannotCreate("k", code: EROFS), .notAFile("k"),
            .foreignOwner("k"), .exposed("k"), .malformed("k"),
        ]
        for error in errors {
            #expect(error.sentence.hasPrefix("ROOT_KEY_FILE k "))
            #expect(error.sentence.hasSuffix("."))
        }
    }

    private static func write(_ text: String, in folder: String, mode: Int) throws -> String {
        let path = "\(folder)/root.key"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try #require(chmod(path, mode_t(mode)) == 0)
        return path
    }

    private func inTemporaryFolder(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try body(folder.path)
    }
}

extension RootKey {
    fileprivate var digits: String { withUnsafeHexadecimal { String($0) } }
}
