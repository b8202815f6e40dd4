// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthDelivery
import AuthStoreSQLite
import Glibc

extension SettingsCheck {
    /// Looks at every file and folder that the settings name.
    static func files(_ configuration: DaemonConfiguration) -> [SettingsCheck] {
        let faults = configuration.fileFaults
        guard !faults.isEmpty else {
            return [SettingsCheck(subject: "files", outcome: .ok, detail: "all that the settings name can be read")]
        }
        return faults.map { SettingsCheck(subject: "files", outcome: .failed, detail: $0) }
    }
}

extension DaemonConfiguration {
    /// One sentence for each file or folder of the settings that a start would refuse.
    var fileFaults: [String] {
        var faults: [String] = []
        func note(_ body: () throws(CommandFailure) -> Void) {
            do throws(CommandFailure) { try body() } catch { faults += error.sentences }
        }
        if case .sqlite(let sqlite) = database, let fault = DatabaseFolder.fault(of: sqlite.path) {
            faults.append(fault)
        }
        if let lostDatabase { faults.append(lostDatabase) }
        if case .file(let path, let mayCreate) = rootKey {
            do throws(RootKeyFileError) {
                _ = try RootKeyFile(path: path).load(mayCreate: false, random: SystemRandom())
            } catch {
                switch error {
                case .missing where mayCreate: break
                case .missing, .unreadable, .cannotCreate, .exists, .notAFile, .foreignOwner, .exposed, .malformed:
                    faults.append(error.sentence)
                }
            }
        }
        note { () throws(CommandFailure) in _ = try readRolesFile() }
        note { () throws(CommandFailure) in _ = try openBreachedPasswords() }
        note { () throws(CommandFailure) in _ = try DocumentationFolder.assets(docsAssetsFolder) }
        note { () throws(CommandFailure) in try mail.checkFiles() }
        return faults
    }
}
