// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthTestSupport
import AuthTesting
import FoundationEssentials
import Testing

@Suite("Root key from a file") struct RootKeyLoadingTests {
    @Test("is made once where that is asked for, closed to others, and then read again")
    func making() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = folder.file("root.key")

        #expect(throws: RootKeyFileError.missing(path)) { try RootKey.load(file: path) }
        let made = try RootKey.load(file: path, creatingIfMissing: true)
        let read = try RootKey.load(file: path, creatingIfMissing: true)

        #expect(made == read)
        #expect(try RootKey.load(file: path) == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("is refused where others may read it, with the command that closes it")
    func exposed() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = folder.file("root.key")
        _ = try RootKey.load(file: path, creatingIfMissing: true, random: SeededRandom(seed: 1))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)

        let error = #expect(throws: RootKeyFileError.exposed(path)) {
            try RootKey.load(file: path, creatingIfMissing: true)
        }
        #expect(error?.description == "\(path) can be read or changed by others: run `chmod 600 \(path)`.")
    }
}
