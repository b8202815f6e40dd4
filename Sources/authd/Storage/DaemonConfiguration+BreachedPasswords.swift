// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Glibc

extension DaemonConfiguration {
    /// Opens the file of breached passwords, where one is named.
    ///
    /// - Throws: A sentence that names the setting and the file: passwords must not be let through because it was moved.
    func openBreachedPasswords() throws(CommandFailure) -> BreachedPasswordFile? {
        guard let path = breachedPasswordsFile else { return nil }
        let name = "BREACHED_PASSWORDS_FILE \(path)"
        do throws(BreachedPasswordFile.Failure) {
            return try BreachedPasswordFile(path: path)
        } catch {
            switch error {
            case .cannotOpen(let code):
                throw CommandFailure(.configuration, "\(name) cannot be opened: \(FileContents.reason(code)).")
            case .notAFile:
                throw CommandFailure(.configuration, "\(name) is no file, or is empty.")
            case .malformed:
                throw CommandFailure(
                    .configuration, "\(name) is no list of SHA-1 digests, one a line, in ascending order.")
            }
        }
    }
}
