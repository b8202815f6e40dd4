// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Glibc

/// Asks for a password where no other process can see it: on the terminal without echo, or on standard input.
enum PasswordEntry {
    /// Reads a new password: twice on a terminal, else one line of standard input.
    ///
    /// - Throws: A sentence where nothing usable was entered.
    static func newPassword() throws(CommandFailure) -> Password {
        let text: String
        if isatty(STDIN_FILENO) == 1 {
            text = try ask("Password: ")
            guard try ask("Again: ") == text else { throw CommandFailure(.failed, "The two passwords differ.") }
        } else {
            text = try line()
        }
        do throws(ValidationError) {
            return try Password(text)
        } catch {
            throw CommandFailure(.failed, "Invalid password: \(error.message)")
        }
    }

    private static func ask(_ prompt: String) throws(CommandFailure) -> String {
        var former = termios()
        guard tcgetattr(STDIN_FILENO, &former) == 0 else {
            throw CommandFailure(.failed, "The password cannot be read from the terminal.")
        }
        var silent = former
        // Without signals either: an interrupted process would leave the terminal without echo.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw CommandFailure(.failed, "The terminal cannot hide the password.")
        }
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &former)
            StandardStream.error.line()
        }
        StandardStream.error.write(Array(prompt.utf8))
        let text = try line()
        guard !text.unicodeScalars.contains("\u{3}") else { throw CommandFailure(.failed, "Cancelled.") }
        return text
    }

    /// One line without its end, at most a little longer than any password.
    private static func line() throws(CommandFailure) -> String {
        guard let text = StandardInput.line(maximumBytes: 2 * Password.maximumBytes + 1) else {
            throw CommandFailure(.failed, "The password is not UTF-8.")
        }
        return text
    }
}
