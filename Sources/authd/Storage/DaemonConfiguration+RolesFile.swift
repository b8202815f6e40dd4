// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Glibc

extension DaemonConfiguration {
    /// Reads the file of roles, where one is named.
    ///
    /// - Throws: A sentence that names the setting, the file and what is wrong in it: a role must not lose its meaning because
    ///   the file was moved.
    func readRolesFile() throws(CommandFailure) -> RoleFile? {
        guard let path = rolesFile else { return nil }
        let noted: FileContents.Noted
        switch FileContents.readNoting(path, maximumBytes: RoleFile.maximumBytes) {
        case .success(let found): noted = found
        case .failure(let failure):
            throw CommandFailure(
                .configuration, Self.rolesFile(path, "cannot be read: \(FileContents.reason(failure.code))"))
        }
        guard noted.mode & S_IWOTH == 0 else {
            throw CommandFailure(
                .configuration,
                Self.rolesFile(path, "can be changed by every user of the host, and decides who may do what"))
        }
        do throws(RoleFileFault) {
            return try RoleFile(json: noted.bytes)
        } catch {
            let quoted = error.quoted.map { " " + SettingReader.quoted($0) } ?? ""
            throw CommandFailure(.configuration, Self.rolesFile(path, "\(error.place)\(quoted) \(error.predicate)"))
        }
    }

    /// The sentence about a file of roles that cannot be used.
    static func rolesFile(_ path: String, _ fault: String) -> String {
        "ROLES_FILE \(Redaction.printable(path)): \(fault); correct the file, or remove the setting."
    }
}
