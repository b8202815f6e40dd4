// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `authd supabase`: what an operator needs for Supabase's API.
struct SupabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supabase", abstract: "Makes, lists and revokes keys for Supabase's API; prints its SQL.",
        discussion: "`keys` takes --env-file PATH, which names the file of settings, and settings as flags.",
        subcommands: [SupabaseKeysCommand.self, SQLCommand.self])

    /// `authd supabase sql`: the file for row-level security.
    struct SQLCommand: PlainCommand {
        static let configuration = CommandConfiguration(
            commandName: "sql", abstract: "Prints the SQL of auth.uid() and its kin for row-level security.",
            discussion: """
                For PostgreSQL, in the database of the application, where psql reads it as a superuser. It makes the schema auth with the \
                functions uid, role, email and jwt, and the roles anon, authenticated and service_role where they are missing. \
                It refuses to run where another program has made a schema auth, and changes nothing when it is run again.
                """)

        func perform(_ flags: SettingFlags) {
            StandardStream.output.write(Array(SupabaseSQL.text.utf8))
        }
    }
}
