// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Asks on a terminal whether to go on.
enum Confirmation {
    /// Whether the operator typed yes; without a terminal, no question is asked and nothing is confirmed.
    static func isGiven(_ question: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1 else { return false }
        StandardStream.error.write(Array(question.utf8))
        return readLine() == "yes"
    }
}
