// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL
import Testing

@Suite("Statements that are keyed by user") struct UserKeyTests {
    /// A statement that has no single user, and why.
    private struct Exception {
        let part: String
        let reason: String
    }

    private static let exceptions = [
        Exception(part: "FROM authd.users ORDER BY", reason: "an administrator's list of all users"),
        Exception(part: "FROM authd.users WHERE ( ", reason: "a further page of an administrator's list"),
        Exception(part: "FROM authd.users WHERE role = $1 AND is_active = $2", reason: "an administrator's search"),
        Exception(part: "FROM authd.users WHERE role = $1 ORDER BY", reason: "whether a user holds a role"),
        Exception(
            part: "count(*) FROM authd.users WHERE role = 'admin'", reason: "the number of active administrators"),
        Exception(part: "SELECT id FROM authd.users WHERE role = 'admin'", reason: "whether there is an administrator"),
        Exception(
            part: "FROM authd.users WHERE origin = 'registered'", reason: "registrations that were not completed"),
        Exception(
            part: "FROM authd.users WHERE origin = 'invited'", reason: "users whose invitation was not accepted"),
        Exception(part: "FROM authd.invitations JOIN authd.users", reason: "an administrator's list of invitations"),
        Exception(
            part: "(user_id, id) IN (SELECT user_id, id FROM authd.invitations", reason: "invitations long over"),
        Exception(
            part: "digest IN (SELECT digest FROM authd.provider_codes", reason: "codes that have expired"),
        Exception(
            part: "digest IN (SELECT digest FROM authd.supabase_codes", reason: "codes that ended long enough ago"),
        Exception(
            part: "user_id IN (SELECT user_id FROM authd.address_confirmations", reason: "confirmations that are over"),
        Exception(part: "count(*) FROM (SELECT 1 FROM authd.users LIMIT", reason: "the number of a list of users"),
        Exception(part: "FROM authd.passwords ORDER BY sample_key", reason: "the mix of hashes, in a sample of all"),
        Exception(part: "COUNT(*) FROM authd.sessions", reason: "an operator's count of the sessions in use"),
        Exception(part: "NOT EXISTS (SELECT 1 FROM authd.identifiers", reason: "an operator's search for damage"),
        // The rows that are removed are named by user and key; which they are is found by time.
        Exception(part: "(user_id, id) IN (SELECT user_id, id FROM authd.sessions", reason: "sessions that are over"),
        Exception(
            part: "(user_id, digest) IN (SELECT user_id, digest FROM authd.one_time_tokens", reason: "expired tokens"),
        Exception(
            part: "(user_id, digest) IN (SELECT user_id, digest FROM authd.sign_in_places", reason: "forgotten places"),
        Exception(
            part: "(user_id, purpose, standing) IN (SELECT user_id, purpose, standing FROM authd.mail_budgets",
            reason: "budgets of which nothing is taken"),
        Exception(
            part: "(user_id, number) IN (SELECT user_id, number FROM authd.address_changes",
            reason: "changes that can no longer be undone"),
        Exception(part: "flow IN (SELECT flow FROM authd.mailed_flows", reason: "flows that are kept no longer"),
        Exception(
            part: "count(*) FROM (SELECT 1 FROM authd.mailed_flows", reason: "the installation's budget of mails"),
        Exception(part: "count(*) FROM (SELECT 1 FROM authd.mail_requests", reason: "the quota of waiting requests"),
        Exception(part: "SELECT number FROM authd.mail_requests", reason: "which requests are due"),
        Exception(part: "UPDATE authd.mail_requests SET due_at_us = $1", reason: "requests that a wrong clock put off"),
        Exception(
            part: "FROM authd.outbox AS candidates", reason: "what is due is found by time, and named by its key"),
        Exception(part: "FROM authd.outbox WHERE number >", reason: "an operator's list of what is not delivered"),
        Exception(part: "count(*), min(created_at_us) FROM authd.outbox", reason: "an operator's count of it"),
        Exception(
            part: "(user_id, number) IN (SELECT user_id, number FROM authd.outbox", reason: "what was given up long ago"
        ),
        Exception(part: "UPDATE authd.outbox SET due_at_us = $1, lease", reason: "what a wrong clock put off"),
    ]

    @Test("have the user's id in their predicate, but for a list of exceptions", arguments: Statements.all)
    func predicate(_ statement: Statement) {
        let text = statement.sql.text
        let exception = Self.exceptions.first { text.contains($0.part) }

        #expect(UserTables(in: text).areKeyed == (exception == nil), "\(text) \(exception?.reason ?? "")")
    }

    @Test("are needed as exceptions, each of them", arguments: exceptions.map(\.part))
    func isNeeded(_ part: String) {
        #expect(Statements.all.contains { $0.sql.text.contains(part) })
    }

    @Test(
        "are told from others",
        arguments: [
            ("SELECT a FROM authd.users WHERE id = $1", true),
            ("SELECT a FROM authd.users WHERE username_key = $1", false),
            ("SELECT a FROM authd.sessions WHERE user_id = $1 AND id = $2 FOR UPDATE", true),
            ("SELECT a FROM authd.sessions WHERE id = $1", false),
            ("UPDATE authd.sessions SET user_id = $1 WHERE id = $2", false),
            ("DELETE FROM authd.one_time_tokens WHERE digest = $1", false),
            ("DELETE FROM authd.one_time_tokens WHERE (user_id, digest) IN (SELECT user_id, digest FROM x)", false),
            ("SELECT a FROM authd.identifiers WHERE kind = $1 AND canonical = $2", true),
            ("SELECT a FROM authd.identifiers WHERE canonical = $1", false),
            ("DELETE FROM authd.identifiers WHERE user_id = $1", true),
            ("INSERT INTO authd.passwords (user_id, hash) VALUES ($1, $2)", true),
            ("INSERT INTO authd.passwords (hash) VALUES ($1)", false),
            (
                "SELECT a FROM authd.users JOIN authd.passwords ON passwords.user_id = users.id WHERE users.id = $1",
                true
            ),
            ("SELECT a FROM authd.users JOIN authd.passwords ON passwords.user_id = users.id WHERE a = $1", false),
            ("UPDATE authd.sessions SET a = $1 FROM authd.users WHERE sessions.id = $2 AND users.id = $3", false),
            ("UPDATE authd.sessions SET a = $1 FROM authd.users WHERE user_id = $2 AND users.id = $2", true),
            ("SELECT a FROM authd.signing_keys WHERE id = $1", true),
            ("SELECT a FROM authd.mailed_flows WHERE flow = $1", true),
            ("SELECT a FROM authd.mailed_flows WHERE token_digest = $1", false),
            ("UPDATE authd.mail_requests SET lease = NULL WHERE number = $1 AND lease = $2", true),
            ("DELETE FROM authd.mail_requests WHERE holder = $1", false),
            ("SELECT a FROM authd.mail_budgets WHERE purpose = $1", false),
            ("SELECT a FROM authd.identities WHERE issuer = $1 AND subject = $2", true),
            ("SELECT a FROM authd.identities WHERE subject = $1", false),
            ("SELECT a FROM authd.provider_codes WHERE digest = $1", true),
            ("SELECT a FROM authd.provider_codes WHERE provider = $1", false),
            ("SELECT a FROM authd.supabase_codes WHERE digest = $1", true),
            ("SELECT a FROM authd.supabase_codes WHERE method = $1", false),
            ("SELECT a FROM authd.mailed_flows WHERE code_address = $1", true),
            ("DELETE FROM authd.address_confirmations WHERE side = $1", false),
        ] as [(String, Bool)])
    func reading(_ text: String, _ areKeyed: Bool) {
        #expect(UserTables(in: text).areKeyed == areKeyed)
    }
}

/// The tables of a statement that hold something of a user.
private struct UserTables {
    private static let known: Set<Substring> = [
        "users", "identifiers", "passwords", "sessions", "one_time_tokens", "sign_in_places", "outbox", "mail_budgets",
        "mailed_flows", "mail_requests", "address_changes", "invitations", "identities", "provider_codes",
        "supabase_codes", "address_confirmations",
    ]

    private let text: String
    private let names: Set<Substring>

    init(in text: String) {
        self.text = text
        names = Set(text.matches(of: #/(?:FROM|JOIN|INTO|UPDATE) authd\.([a-z_]+)/#).map(\.output.1))
            .intersection(Self.known)
    }

    /// Whether each of them is asked by the id of its user.
    var areKeyed: Bool {
        names.allSatisfy(isKeyed)
    }

    private func isKeyed(_ table: Substring) -> Bool {
        let id: Substring = table == "users" ? "id" : "user_id"
        if let insertion = text.firstMatch(of: #/INSERT INTO authd\.([a-z_]+) \(([a-z_, ]+)\)/#),
            insertion.output.1 == table
        {
            return insertion.output.2.split(separator: ", ").contains(id)
        }
        let predicates = text.split(separator: " WHERE ").dropFirst()
        // With another table of users beside it, a column `id` is not the user's unless it says so.
        let isAlone = names.count == 1
        let conditions = predicates.flatMap { $0.split(separator: " AND ") }
        func isBound(_ column: String) -> Bool { conditions.contains { $0.hasPrefix("\(column) = $") } }
        switch table {
        case "users": return isBound("users.id") || isAlone && isBound("id")
        // A handle is given out before it is known whether a user has the address, so its digest leads to the user as a name does.
        // So does the address that a code of Supabase's API is typed for.
        case "mailed_flows": return isBound("user_id") || isBound("flow") || isBound("code_address")
        // Issuer and subject lead to the user of an identity as a name does, and a code has no user where it signs in.
        case "identities": return isBound("user_id") || isBound("issuer") && isBound("subject")
        // The digest of a code leads to its user, too.
        case "provider_codes", "supabase_codes": return isBound("user_id") || isBound("digest")
        // A request looks nothing up: it belongs to an address, and has a user only where a session asked.
        case "mail_requests": return isBound("user_id") || isBound("number")
        case "identifiers": return isBound("user_id") || isBound("canonical") && text.contains("kind = ")
        default:
            return isBound("user_id") || isBound("\(table).user_id")
                || text.contains("\(table).user_id = users.id") && isBound("users.id")
        }
    }
}
