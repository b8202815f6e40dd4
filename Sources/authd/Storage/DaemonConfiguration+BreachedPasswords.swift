// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Glibc

extension DaemonConfiguration {
    /// Opens the file of breached passwords, where one is named.
    ///
    /// - Throws: A sentence that names the setting and the file: passwords must not be let through because it was moved.
    func openBreachedPasswords() throws(CommandFailure) -> BreachedPasswordFile? {
        guard let path = breachedPasswordsFile else { return nil }
        do throws(BreachedPasswordFile.Failure) {
            return try BreachedPasswordFile(path: path)
        } catch {
            switch error {
            case .cannotOpen(let code):
                throw CommandFailure(
                    .configuration, Self.breachedPasswords(path, "cannot be opened: \(FileContents.reason(code))"))
            case .notAFile:
                throw CommandFailure(.configuration, Self.breachedPasswords(path, "is no file, or is empty"))
            case .malformed:
                throw CommandFailure(
                    .configuration,
                    Self.breachedPasswords(path, "is no list of SHA-1 digests, one a line, in ascending order"))
            }
        }
    }

    /// The sentence about a file of breached passwords that cannot be used.
    static func breachedPasswords(_ path: String, _ fault: String) -> String {
        "BREACHED_PASSWORDS_FILE \(Redaction.printable(path)) \(fault); name the list as it was downloaded, or remove the setting."
    }
}
