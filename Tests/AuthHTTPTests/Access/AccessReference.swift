// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import Testing

@testable import AuthHTTP

/// The text of `docs/access.md`, made from the table of routes so that the two cannot differ.
///
/// What a table cannot say stands here by operation; a route without its words, and words without a route, are a failure.
enum AccessReference {
    static func markdown(_ endpoints: [Endpoint]) throws -> String {
        """
        # Access

        Which credential each endpoint accepts, who may call which route, and who may read and write which field. Made from the
        table of routes and compared with it by a test; [Rate limiting](abuse.md) has the limits, [openapi.json](api.md) the rest.

        ## Authentication paths

        Three kinds of credential open a session: a password, with `SIGN_IN_BY_MAIL` a mailed link or code, and with `PROVIDERS` a
        sign-in at an [identity provider](providers.md). With `SUPABASE_API`, the routes of [Supabase's API](supabase.md#routes) open
        sessions by the same kinds, and with `SUPABASE_ANONYMOUS` by none. There is no other path, no default user and no recovery question.
        The routes below are all that take a secret. Those that open a session, or continue one, say so; each is limited by
        source as the last column says, and those that take a password count failures.

        | route | credential | result | limit |
        |---|---|---|---|
        \(try proofs(endpoints))

        Every path that asks for a password has the same strength: the same check with the same work, held against the budgets
        of the user and of the source, the device or the session. On the host, `authd user create` creates users,
        `authd user reset-password` prints a code that is presented like a mailed one, and `authd setup-link` one that makes the
        first administrator. Other routes take an access token,
        or its cookie, and change nothing about who is signed in; only a `POST` with a credential, and a provider's callback in the
        browser that began the flow, open a session.

        ## Functions

        An access token gives the permissions in its scope that the user's role grants now, or the user has beside it, and no
        others: what is not listed is refused. Roles and permissions are data ([roles](roles.md)); these are built in. A route of a role needs a token that was not narrowed below it. A user whose password an
        administrator chose may call only the routes marked with \u{2020} until it is changed; where addresses must be verified,
        a user whose address is not may call only those marked with \u{2021}.

        | role | grants |
        |---|---|
        \(roles())

        | route | who may call it | kind of limit |
        |---|---|---|
        \(try functions(endpoints))

        Routes of development, and `/metrics` and the documentation pages where they are switched on, are in the table too.
        Every object is looked up for its caller: a session of another user does not exist for a caller who may not see it.

        ## What a token tells services that only verify it

        | state of the user | the next access token | tokens issued before |
        |---|---|---|
        | the password must be changed first | no scope, no `role`, `acr` is `0`, also after each refresh; the change opens a session with everything | there are none: the state begins with the user |
        | `REQUIRE_VERIFIED_EMAIL`, and an administrator has changed the address | the same until the new address is verified | authd refuses them at once; other services see their scope until they expire |
        | the user wants another address, and mail is configured | as before: the old address stays until the new one is verified; with `REQUIRE_VERIFIED_EMAIL` it cannot be removed | as before |
        | another role | the new role's scope | revoked: authd refuses them at once, services that follow [the feed](resource-servers.md) within a second, others when they expire |
        | other permissions beside the role | what is granted then | revoked, as above |
        | a role that grants less | what the role grants then | authd grants no more than the role does; services that follow the feed refuse them within a second, others when they expire |
        | a role that grants more | what the role grants then | as before |
        | deactivated, deleted, password changed or reset | none: signing in and refreshing are refused | revoked, as above |

        A service that verifies tokens by itself must ask for a scope. That a token is valid says who its user is, not that
        they may do anything: an empty scope opens nothing.

        ## Fields

        | field of a user | given at registration | changed by the user | given or changed by administrators | seen by |
        |---|---|---|---|---|
        \(fields())

        "Seen by" holds for every route that shows a user. Fields that are sent where they may not be written have no effect. A
        password is changed by its user alone, with the current one or with a token from the mail. Password hashes, epochs and
        what a session's tokens are made of are in no answer.

        | field of a session | written by | seen by |
        |---|---|---|
        \(sessionFields())

        No route writes the audit log, and `audit:read` reads all of it:
        \(names(in: AuditRepresentation.schema).map { "`\($0)`" }.joined(separator: ", ")).

        """
    }

    // MARK: Proofs

    private static let newRecord = (
        presented: "access token; current password where the address changes", given: "a changed record; no session"
    )

    private static let proofs: [String: (presented: String, given: String)] = [
        "createFirstAdministrator": ("code from `authd setup-link`", "the first administrator; no session"),
        "login": ("username or address, and password", "a new session"),
        "loginForm": ("username or address, and password", "a new session"),
        "token": ("username or address, and password", "a new session"),
        "tokenAlias": ("username or address, and password", "a new session"),
        "refresh": ("refresh token, in the body or in its cookie", "the next tokens of the same session"),
        "changePassword": ("access token and current password", "a new session in place of all others"),
        "setPassword": ("access token of a recent proof", "a first password; a new session in place of all others"),
        "reauthenticate": (
            "access token, and current password or handle and code of a mail", "new tokens of the same session"
        ),
        "followChanges": ("one of `CHANGE_FEED_SECRETS`, by a service of the operator", "what was revoked; no session"),
        "confirmMailSignIn": ("handle and code, or token with handle or code, from the mail", "a new session"),
        "confirmUnlock": ("handle and code, or token with handle or code, from the mail", "a known device; no session"),
        "finishProviderSignIn": (
            "an answer of the provider, and the cookie of the flow",
            "a new session in cookies, or a code for `return_to`"
        ),
        "exchangeProviderCode": ("code of a callback, and its verifier", "a new session"),
        "signInWithIDToken": ("id token of a provider, and a nonce", "a new session"),
        "linkIdentity": (
            "access token; code of a callback, and its verifier", "another identity of the user; no session"
        ),
        "confirmPasswordReset": (
            "token, or handle and code, from the mail; or code from the command line", "a new password; no session"
        ),
        "confirmEmailVerification": ("token, or handle and code, from the mail", "a verified address; no session"),
        "confirmAddressChange": ("token, or handle and code, from the mail", "another address; no session"),
        "undoAddressChange": ("token and code from the mail", "the former address and password; no session"),
        "acceptInvitation": (
            "token from the mail, and a new password for a user without one",
            "a verified address and a role; no session"
        ),
        "replaceOwnProfile": newRecord,
        "updateOwnProfile": newRecord,
    ]

    private static func proofs(_ endpoints: [Endpoint]) throws -> String {
        let taking = endpoints.filter {
            [.signIn, .refresh, .redeem].contains($0.limit) || $0.access == .service || APITable.givesTokens($0)
        }
        #expect(Set(taking.map(\.operationID)) == Set(proofs.keys), "words for routes that take a secret")
        return try taking.map { endpoint in
            let words = try #require(proofs[endpoint.operationID])
            return "| \(route(endpoint)) | \(words.presented) | \(words.given) | \(limit(of: endpoint)) |"
        }.joined(separator: "\n")
    }

    // MARK: Functions

    /// What a route asks for beyond its declaration.
    private static let conditions: [String: String] = [
        "logout": "for its own session; for others a recent sign-in",
        "endSession": "for its own session; for others of the user a recent sign-in",
        "verify": "and what its query asks for",
        "getUser": "for one's own record; for others' `users:read`",
        "updateUser":
            "with `me:write` for one's own record; for others', `app_metadata` and `is_active` the role `admin`",
    ]

    private static func functions(_ endpoints: [Endpoint]) throws -> String {
        let conditional = endpoints.filter { endpoint in
            let isConditional = endpoint.problems.contains(.insufficientScope) || endpoint.proof == .ofSomeRequests
            return endpoint.access == .authenticated && isConditional
        }
        #expect(Set(conditional.map(\.operationID)) == Set(conditions.keys), "words for routes with conditions")
        return endpoints.map { endpoint in
            var who = caller(meeting: endpoint.access)
            if let condition = conditions[endpoint.operationID] { who += ", \(condition)" }
            if endpoint.proof == .recent { who += ", with a recent proof of who they are" }
            if endpoint.openWhilePending.contains(.passwordChange) { who += " \u{2020}" }
            if endpoint.openWhilePending.contains(.emailVerification) { who += " \u{2021}" }
            return "| \(route(endpoint)) | \(who) | \(limit(of: endpoint)) |"
        }.joined(separator: "\n")
    }

    private static func caller(meeting access: AccessRequirement) -> String {
        switch access {
        case .anyone: "anyone"
        case .service: "a secret of `CHANGE_FEED_SECRETS`"
        case .authenticated: "any access token"
        case .verifiedAddress: "any access token of a user with a verified address"
        case .permission(let permission): "`\(permission.name)`"
        case .scope(let scope): "`\(scope)`"
        case .role(let role): "the role `\(role.name)`"
        case .anyOf(let alternatives): alternatives.map(caller).joined(separator: ", or ")
        }
    }

    private static func route(_ endpoint: Endpoint) -> String {
        "`\(endpoint.method.rawValue) \(endpoint.path)`"
    }

    private static func limit(of endpoint: Endpoint) -> String {
        endpoint.limit == .none ? "" : "`\(endpoint.limit.rawValue)`"
    }

    private static func roles() -> String {
        RoleTable.standard.roles.map { role in
            let scope = RoleTable.standard.scope(of: role)
            return "| `\(role.name)` | \(scope == .everything ? "everything" : "`\(scope)`") |"
        }.joined(separator: "\n")
    }

    // MARK: Fields

    private static func fields() -> String {
        let shown = names(in: UserRepresentation.schema)
        let registration = names(in: RegistrationEndpoints.schema)
        let own = names(in: OwnProfileEndpoints.schema)
        let creation = names(in: UserAdministrationEndpoints.creationSchema)
        let change = [
            UserAdministrationEndpoints.changeSchema, UserAdministrationEndpoints.roleSchema,
            UserPermissionEndpoints.changeSchema,
        ].flatMap(names)
        var all = shown
        // A proof for the request that it comes with, and no field of the user.
        for name in registration + own + creation + change where !all.contains(name) && name != "current_password" {
            all.append(name)
        }
        return all.map { name in
            let byAdministrators =
                switch (creation.contains(name), change.contains(name)) {
                case (true, true): "given and changed"
                case (true, false): "given"
                case (false, true): "changed"
                case (false, false): "no"
                }
            let isShown = shown.contains(name) ? "the user, `users:read`" : "no one"
            return "| `\(name)` | \(yes(registration, name)) | \(yes(own, name)) | \(byAdministrators) | \(isShown) |"
        }.joined(separator: "\n")
    }

    private static func sessionFields() -> String {
        names(in: SessionRepresentation.schema).map { "| `\($0)` | authd | the user, `users:read` |" }
            .joined(separator: "\n")
    }

    private static func yes(_ names: [String], _ name: String) -> String {
        names.contains(name) ? "yes" : "no"
    }

    private static func names(in schema: Schema) -> [String] {
        schema.json["properties"]?.objectValue?.names ?? []
    }
}
