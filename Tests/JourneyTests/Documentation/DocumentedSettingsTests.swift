// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The files of settings that the page on deployment shows, as `authd config check` judges them.
@Suite("Documented settings", .timeLimit(.minutes(5)))
struct DocumentedSettingsTests {
    @Test(
        "a file of settings of the page can be used, and the start warns of none of its lines",
        arguments: ["systemd #2", "PostgreSQL #3", "Supabase #1"])
    func check(block: String) async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let text = try page.text(block).adapted([("…", "a-password-of-ours")])
        let names = text.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) }
        try await Installation.with(.sqlite, ["ENVIRONMENT": "", "PORT": "", "SHUTDOWN_DELAY_SECONDS": ""]) {
            try $0.directory.write(text, to: "authd.env")

            let checked = try await $0.authd("config", "check", "--env-file", "authd.env")

            #expect(checked.succeeded, "\(checked)")
            for name in names {
                #expect(checked.output.contains("\n\(name)="), "\(checked)")
                #expect(!checked.errors.contains("warning: \(name)"), "\(checked)")
            }
            #expect(!checked.output.contains("a-password-of-ours"), "\(checked)")
        }
    }

    @Test("Supabase's settings are those with which daemons are tested behind PgBouncer")
    func supabase() throws {
        let text = try AuthdBinary.text(of: "docs/deployment.md")
        let lines = try MarkdownPage(text).text("Supabase #1").split(separator: "\n").map(String.init)
        let others = ["DATABASE_URL=", "ROOT_KEY_FILE="]
        let pooling = lines.filter { line in !others.contains { line.hasPrefix($0) } }

        #expect(pooling == PgBouncer.Mode.transaction.settings.map { "\($0.key)=\($0.value)" })
        #expect(PgBouncer.Mode.session.settings.isEmpty)
        #expect(lines.contains { $0.contains(":6543/postgres?sslmode=verify-full&sslrootcert=") })
        #expect(text.contains("Serve through the transaction pooler on port 6543, migrate through the session pooler"))
    }
}
