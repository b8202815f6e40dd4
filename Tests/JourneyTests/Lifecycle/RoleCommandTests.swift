// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Roles and permissions from the command line and from a file, beside a daemon that serves.
@Suite("Commands about roles", .oneAtATime, .timeLimit(.minutes(10)))
struct RoleCommandTests {
    @Test(
        "roles are defined, listed, changed and removed, and say when it takes effect", arguments: DatabaseKind.allCases
    )
    func roles(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                func expect(_ words: String..., says sentence: String) async throws {
                    let outcome = try await installation.run(words)
                    #expect(outcome.succeeded && outcome.output == sentence + "\n", "\(outcome)")
                }
                func refuse(_ words: String..., with status: Int32, says text: String) async throws {
                    let outcome = try await installation.run(words)
                    #expect(outcome.end == .exited(status) && outcome.errors.contains(text), "\(outcome)")
                }
                try await expect(
                    "role", "set", "editor", "notes", "me", "notes:read", "--description", "Writes notes.",
                    says: "editor grants me notes; takes effect within a second.")
                let listed = try await installation.authd("role", "list")
                #expect(
                    listed.output.hasPrefix("name\tpermissions\torigin\tdescription\nadmin\t*\tbuilt_in\t")
                        && listed.output.contains("\neditor\tme notes\tdata\tWrites notes.\n"), "\(listed)")
                // Without permissions it keeps those that it has.
                try await expect(
                    "role", "set", "editor", "--description", "Writes.",
                    says: "editor grants me notes; takes effect within a second.")

                let ada = try await daemon.signUp("ada")
                let given = try await installation.authd("user", "set-role", "ada", "editor")
                #expect(given.succeeded, "\(given)")
                _ = try await daemon.poll(for: 401, "/auth/me", token: ada.access)
                let editor = try await daemon.signIn("ada")
                _ = try await daemon.poll(for: 204, "/auth/verify?scope=notes:write", token: editor.access)
                try await expect(
                    "role", "set", "editor", "--nothing", says: "editor grants nothing; takes effect within a second.")
                _ = try await daemon.poll(for: 403, "/auth/verify?scope=notes:write", token: editor.access)

                try await refuse("role", "remove", "editor", with: 1, says: "Users hold the role")
                try await refuse("role", "remove", "user", with: 1, says: "cannot be removed")
                try await refuse("role", "remove", "nothing", with: 1, says: "The role does not exist.")
                try await refuse("role", "set", "admin", "me", with: 1, says: "The role admin cannot be changed")
                try await refuse("role", "set", "new", with: 64, says: "give its permissions, or --nothing")
                try await refuse("role", "set", "new", "Notes", with: 64, says: "\"Notes\" is no permission")
                try await refuse("role", "set", "new", "*", with: 64, says: "belongs to the role admin alone")
                try await refuse("role", "set", "Editor", "me", with: 64, says: "the name of no role")
                _ = try await installation.authd("user", "set-role", "ada", "user")
                try await expect("role", "remove", "editor", says: "editor is removed; takes effect within a second.")
            }
        }
    }

    @Test("permissions of one user are granted and revoked")
    func permissions() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let ada = try await daemon.signUp("ada")
                let granted = try await installation.authd("user", "grant", "ada", "reports:read", "notes")
                #expect(
                    granted.output.hasPrefix("ada has notes reports:read beside the role user; takes effect"),
                    "\(granted)")
                _ = try await daemon.poll(for: 401, "/auth/me", token: ada.access)
                let again = try await daemon.signIn("ada")
                try await daemon.send("GET", "/auth/verify?scope=notes:write", token: again.access).expect(204)
                let shown = try JSONValue(parsing: try await installation.authd("user", "show", "ada", "--json").output)
                #expect(shown["permissions"]?.array?.compactMap(\.string) == ["notes", "reports:read"], "\(shown)")

                let same = try await installation.authd("user", "revoke", "ada", "notes:write")
                #expect(same.output.contains("nothing was changed"), "\(same)")
                let revoked = try await installation.authd("user", "revoke", "ada", "notes", "reports")
                #expect(revoked.output.hasPrefix("ada has nothing beside the role user;"), "\(revoked)")
                _ = try await daemon.poll(for: 401, "/auth/me", token: again.access)
            }
        }
    }

    @Test("the daemon takes a file over at its start and whenever it changes, and keeps what it has where it is wrong")
    func file() async throws {
        try await Installation.with(.sqlite) { installation in
            let path = installation.directory.file("roles.json")
            func write(_ roles: String) throws {
                try installation.directory.write(#"{"roles":[\#(roles)]}"#, to: "roles.json")
            }
            try write(#"{"name":"editor","permissions":["notes"]},{"name":"spare","permissions":["me"]}"#)
            try await installation.serving(["ROLES_FILE": path]) { daemon in
                let root = try await installation.administrator(of: daemon)
                try await daemon.send("GET", "/roles/spare", token: root.access).expect(200)
                let with = installation.with(["ROLES_FILE": path])
                let refused = try await with.authd("role", "set", "editor", "me")
                #expect(refused.end == .exited(1) && refused.errors.contains("change it there"), "\(refused)")

                try write(#"{"name":"editor","permissions":["Notes"]}"#)
                _ = await daemon.log(with: "roles not replaced")
                try await daemon.send("GET", "/roles/spare", token: root.access).expect(200)
                try write(#"{"name":"editor","permissions":["notes","drafts"]}"#)
                _ = try await daemon.poll(for: 404, "/roles/spare", token: root.access)
                let editor = try await daemon.send("GET", "/roles/editor", token: root.access)
                #expect(editor.body.contains(#""permissions":["drafts","notes"]"#), "\(editor)")
            }
            // Without the setting the role stays, and is an administrator's to change.
            let changed = try await installation.authd("role", "set", "editor", "me")
            #expect(changed.succeeded, "\(changed)")
            try write(#"{"name":"admin","permissions":[]}"#)
            let start = try await installation.with(["ROLES_FILE": path]).authd("serve")
            #expect(start.end == .exited(78) && start.errors.contains("roles[0].name is admin"), "\(start)")
        }
    }
}
