// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

@testable import authd

@Suite("Files of secrets", .tags(.security))
struct SecretFileTests {
    @Test(
        "give their lines without line ends of either kind",
        arguments: [
            ("one", ["one"]), ("one\n", ["one"]), ("one\r\n", ["one"]), (" one \t\n", [" one \t"]),
            ("one\ntwo", ["one", "two"]), ("one\r\ntwo\r\n", ["one", "two"]), ("é,ü\n", ["é,ü"]),
        ])
    func lines(text: String, lines: [String]) throws {
        #expect(try SecretFile.lines(of: Array(text.utf8)) == lines)
    }

    @Test(
        "are refused where they hold no secret",
        arguments: [
            ([], .empty), ([0x0a], .empty), (Array("\r\n".utf8), .empty), (Array("one\n\n".utf8), .empty),
            (Array("\none".utf8), .empty), ([0x61, 0], .notText), ([0xff, 0xfe], .notText),
            (Array(repeating: 0x61, count: SecretFile.maximumBytes + 1), .tooLarge),
        ] as [([UInt8], SecretFileError)])
    func refusals(bytes: [UInt8], error: SecretFileError) {
        #expect(throws: error) { try SecretFile.lines(of: bytes) }
    }

    @Test("are refused where others may read or change them, and where they are no files")
    func files() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let file = SecretFile(path: folder.file("secret"))
        #expect(throws: SecretFileError.unreadable(code: ENOENT)) { try file.lines() }
        try folder.write("one\n", to: "secret")
        #expect(try file.lines() == ["one"])
        for mode in [0o640, 0o604, 0o620, 0o602, 0o644] {
            #expect(chmod(file.path, mode_t(mode)) == 0)
            #expect(throws: SecretFileError.exposed) { try file.lines() }
        }
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        for path in [folder.path, folder.file("pipe")] {
            #expect(throws: SecretFileError.notAFile) { try SecretFile(path: path).lines() }
        }
    }

    @Test("of other users are refused, whatever their mode is")
    func owner() {
        for mode: mode_t in [0o400, 0o440, 0o444] {
            #expect(SecretFile(path: "/s").fault(mode: mode, owner: 10_002, reader: 10_001) == .foreignOwner)
        }
        #expect(SecretFile(path: "/s").fault(mode: 0o440, owner: 0, reader: 10_001) == nil)
        #expect(SecretFile(path: "/s").fault(mode: 0o444, owner: 0, reader: 10_001) == .exposed)
    }
}
