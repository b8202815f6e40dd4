// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthStoreSQLite
import AuthTestSupport
import Glibc
import Logging
import Testing

@testable import authd

@Suite("Files under the running daemon")
struct FileUpkeepTests {
    @Test("a missing or exposed root key and a replaced lock are named, and nothing else is")
    func faults() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let database = folder.file("a.db")
        let key = RootKeyFile(path: folder.file("a.db.key"))
        _ = try key.load(mayCreate: true, random: SystemRandom())
        let lock = try SQLiteServeLock(for: SQLiteConfiguration(path: database))
        let upkeep = FileUpkeep(rootKey: key, lock: lock, logger: Logger(label: "test"))
        #expect(upkeep.faults().isEmpty)

        #expect(chmod(key.path, 0o644) == 0)
        #expect(upkeep.faults().count == 1 && upkeep.faults().first?.contains("chmod 600 \(key.path)") == true)
        #expect(unlink(key.path) == 0)
        #expect(upkeep.faults().first?.contains("\(key.path) does not exist") == true)

        #expect(unlink(lock.file) == 0)
        #expect(upkeep.faults().count == 2 && upkeep.faults().last?.contains(lock.file) == true)
        // Another daemon could lock this one.
        let other = try SQLiteServeLock(for: SQLiteConfiguration(path: database))
        #expect(upkeep.faults().count == 2 && other.isInPlace && !lock.isInPlace)
    }

    @Test("a root key that cannot be checked for lack of descriptors is not called a fault")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryDirectory()
            let key = RootKeyFile(path: folder.file("a.db.key"))
            _ = try key.load(mayCreate: true, random: SystemRandom())
            let upkeep = FileUpkeep(rootKey: key, lock: nil, logger: Logger(label: "test"))
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 0

            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let canOpen = open(key.path, O_RDONLY) >= 0
            let faults = upkeep.faults()

            unlink(key.path)
            rmdir(folder.path)
            exit(!canOpen && faults.isEmpty ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }

    @Test("lack of descriptors or memory says nothing about a file", arguments: [EMFILE, ENFILE, ENOMEM])
    func shortage(_ code: CInt) {
        #expect(RootKeyFileError.unreadable("a.db.key", code: code).isShortage)
        #expect(!RootKeyFileError.unreadable("a.db.key", code: EACCES).isShortage)
        #expect(!RootKeyFileError.missing("a.db.key").isShortage)
    }
}
