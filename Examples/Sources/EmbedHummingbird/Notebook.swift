// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The notes of all users, in memory.
actor Notebook {
    struct Note: Sendable {
        let owner: UserID
        var text: String
    }

    private var notes: [Note] = []

    /// Keeps a note, and returns its number.
    func add(_ text: String, of owner: UserID) -> Int {
        notes.append(Note(owner: owner, text: text))
        return notes.count
    }

    /// Replaces the text of a user's own note, and returns whether there is one.
    func replace(_ number: Int, by text: String, of owner: UserID) -> Bool {
        guard note(number)?.owner == owner else { return false }
        notes[number - 1].text = text
        return true
    }

    /// The note of a number.
    func note(_ number: Int) -> Note? {
        notes.indices.contains(number - 1) ? notes[number - 1] : nil
    }

    /// How many notes a user has.
    func count(of owner: UserID) -> Int {
        notes.count { $0.owner == owner }
    }
}
