// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// Asks on a terminal whether to go on.
enum Confirmation {
    /// Goes on only if the operator typed yes, or said so beforehand.
    ///
    /// - Throws: `.failed` where nothing is confirmed; nothing was changed then.
    static func require(_ question: String, given yes: Bool) throws(CommandFailure) {
        guard yes || isGiven("\(question) Type yes: ") else {
            throw CommandFailure(.failed, "Nothing was changed. Without a terminal, confirm with --yes.")
        }
    }

    /// Whether the operator typed yes; without a terminal, no question is asked and nothing is confirmed.
    private static func isGiven(_ question: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return false }
        StandardStream.error.write(Array(question.utf8))
        return readLine() == "yes"
    }
}

/// The confirmation of a command that cannot be undone.
struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Skips the confirmation.")
    var yes = false
}
