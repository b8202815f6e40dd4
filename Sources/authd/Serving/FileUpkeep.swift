// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthStoreSQLite
import Glibc
import Logging
import ServiceLifecycle

/// Looks every ten seconds after the files that the daemon has read or locked once and that the next start needs: the root
/// key and the lock beside a SQLite database.
struct FileUpkeep: Service {
    let rootKey: RootKeyFile?
    let lock: SQLiteServeLock?
    let logger: Logger

    /// How long it rests between two looks.
    static let interval = Duration.seconds(10)

    func run() async {
        await cancelWhenGracefulShutdown {
            var told: Set<String> = []
            repeat {
                let faults = faults()
                for fault in faults where !told.contains(fault) {
                    logger.critical("file changed since start", metadata: ["file": "\(fault)"])
                }
                told = Set(faults)
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    /// One sentence for each file that is not as it was.
    func faults() -> [String] {
        var faults: [String] = []
        do throws(RootKeyFileError) {
            _ = try rootKey?.load(mayCreate: false, random: SystemRandom())
        } catch {
            if !error.isShortage { faults.append(error.sentence) }
        }
        if let lock, !lock.isInPlace {
            faults.append("\(lock.file) was removed or replaced: another authd could serve the same database.")
        }
        return faults
    }
}

extension RootKeyFileError {
    /// Whether the process had no descriptors or memory left to look at the file with, which says nothing about it.
    var isShortage: Bool {
        guard case .unreadable(_, let code) = self else { return false }
        return [EMFILE, ENFILE, ENOMEM, EINTR].contains(code)
    }
}

extension DaemonConfiguration {
    /// The file of the root key, where it comes from one.
    var rootKeyFile: RootKeyFile? {
        switch rootKey {
        case .file(let path, _): RootKeyFile(path: path)
        case .given, .ephemeral: nil
        }
    }

    /// Reads the file of a root key that must be there, before a start waits for the database.
    ///
    /// - Throws: A sentence where it cannot be used.
    func requireRootKey() throws(CommandFailure) {
        guard case .file(let path, mayCreate: false) = rootKey else { return }
        do throws(RootKeyFileError) {
            _ = try RootKeyFile(path: path).load(mayCreate: false, random: SystemRandom())
        } catch {
            throw CommandFailure(.configuration, error.sentence)
        }
    }
}
