// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The lines for curl on the page with all routes, run by a shell as a reader copies them.
@Suite("Lines for curl on the documentation page", .oneAtATime, .timeLimit(.minutes(10)))
struct RouteLinesTests {
    /// What comes back only where a line is not as its route wants it.
    private static let faults: Set<String> = [
        "malformed_request", "malformed_json", "malformed_form", "invalid_query", "unsupported_media_type",
        "method_not_allowed", "validation_failed", "unauthenticated", "invalid_token", "insufficient_scope",
        "not_found",
        "ambiguous_credentials", "csrf_refused", "rate_limited",
    ]

    @Test("every route understands the line that is shown for it")
    func lines() async throws {
        let settings = ["CHANGE_FEED_SECRETS": RouteStage.serviceSecret, "SIGN_IN_BY_MAIL": "true"]
        try await Installation.with(.sqlite, settings) { installation in
            try await installation.serving { daemon in
                let page = try await daemon.send("GET", "/docs").body
                let lines = page.matches(of: #/<code class="curl">([^<]*)</code>/#).map { Self.plain($0.output.1) }
                #expect(lines.count == RouteTable.all.count)
                let administrator = try await installation.administrator(of: daemon)
                for (number, line) in lines.enumerated() {
                    var variables = [
                        "BASE": daemon.base, "SECRET": RouteStage.serviceSecret, "SLUG": "not-found", "ITEM_ID": "Foo",
                        "ACTION": "verify", "PROVIDER": "google",
                    ]
                    // A role that is defined by one line and removed by a later one, or one that is always there.
                    variables["NAME"] = line.contains("-X ") ? "editor" : "user"
                    var owner = ""
                    // Some lines end the session of their token, or the user whom they name.
                    if line.contains("$ACCESS") {
                        owner = try await daemon.signIn(administrator.username).access
                        variables["ACCESS"] = owner
                    }
                    if line.contains("$ID") {
                        let user = try await daemon.signUp("person-\(number)")
                        owner = user.access
                        variables["ID"] = user.id
                    }
                    if line.contains("$SESSION_ID") || line.contains("/sessions/$ID") {
                        let sessions = try await daemon.send("GET", "/auth/sessions", token: variables["ACCESS"])
                        let others = try await daemon.send("GET", "/auth/sessions", token: owner)
                        let own = try #require(sessions.json.array?.first?["id"]?.string)
                        variables["SESSION_ID"] = try #require(others.json.array?.first?["id"]?.string)
                        if line.contains("/sessions/$ID") { variables["ID"] = own }
                    }
                    let outcome = try await installation.shell(
                        line, before: #"curl() { command curl -sS -i --max-time 60 "$@"; }"#,
                        environment: Command.environment.merging(variables) { _, ours in ours })

                    #expect(outcome.succeeded, "\(line): \(outcome)")
                    let response = try Response(outcome.output)
                    let code = (try? response.json["code"]?.string) ?? ""
                    // The forms of pages are for browsers, which say where a form comes from, and without a mail server there is
                    // no invitation.
                    if line.contains("/actions/$ACTION"), code == "csrf_refused" { continue }
                    if line.contains("/invitations/$ID"), code == "not_found" { continue }
                    // No provider is configured, and the user has no identity.
                    let isOfProviders = line.contains("/providers/$NAME") || line.contains("/identities/$")
                    if isOfProviders, code == "not_found" { continue }
                    let isProblem = response[field: "content-type"] == "application/problem+json"
                    #expect(!isProblem || !Self.faults.contains(code), "\(line): \(response)")
                }
            }
        }
    }

    private static func plain(_ html: Substring) -> String {
        String(html).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
