// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What the roles of the service may do, and what each route asks for: the whole policy, on one page.
///
/// A scope of the service's own is a name: `notes` covers `notes:read` and `notes:write`. Tokens carry it if the user's role
/// grants it, and a client may ask for less when it signs in (`"scope": "notes:read"`).
enum NotesAccess {
    /// `admin` grants everything; `user` and `guest` are redefined, `editor` and `auditor` are new.
    static let roles = RoleTable(defining: [
        .user: "me notes",
        .guest: "me:read",
        "editor": "me notes drafts",
        "auditor": "me:read notes:read",
    ])

    /// Reading and writing one's own notes.
    static let read: AccessRequirement = .permission("notes:read")
    static let write: AccessRequirement = .permission("notes:write")
    /// The drafts of all users, for editors and administrators.
    static let drafts: AccessRequirement = .anyOf(.role("editor"), .role(.admin))

    /// Whether a caller may see a note of a user: one's own, and every note for auditors and administrators.
    ///
    /// What depends on the object is a function of the caller and the object, and as easy to test.
    static func maySee(noteOf owner: UserID, _ caller: AccessSubject) -> Bool {
        caller.userID == owner || caller.role == "auditor" || caller.role == .admin
    }
}
