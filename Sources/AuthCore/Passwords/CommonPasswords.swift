// SPDX-License-Identifier: Apache-2.0

/// The passwords that are tried first, compared without regard to case.
public enum CommonPasswords {
    /// Whether a password is in the list, which holds passwords of eight code points and more.
    public static func contains(_ password: Password) -> Bool {
        var folded = password.text.lowercased()
        return folded.withUTF8(words.contains)
    }

    /// The passwords of eight characters and more.
    static let words = WordList(text: list)

    /// The shorter ones that are nothing but letters, from four on: what ``TrivialPasswords`` looks for in longer ones.
    static let shortWords = WordList(text: shortList)

    /// The words of the list in order, for tests and tools.
    static var all: [String] { words.all }
}
