// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService
internal import AuthStore

/// Inviting persons, and accepting an invitation.
///
/// Inviting needs the role of administrator, as creating users does.
struct InvitationEndpoints: EndpointGroup {
    let reference: ServiceReference
    let flows: FlowChannel

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .post, path: "/auth/invitations", operationID: "createInvitation", tag: .invitations,
                summary: "Invite an address", access: .role(.admin), limit: .write,
                description: """
                    Mails a link that can be used for seven days, whatever `REGISTRATION` says; of a list of domains the address must
                    be one. An address that no user has gets a user at once, who has no password and can do nothing until the
                    invitation is accepted, and who is removed when it is revoked or has expired. A user who exists keeps everything
                    and gets the role by accepting it. The role may grant nothing that you lack, also when the invitation is
                    accepted: if you have lost it by then, the person is let in with the role `user`.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("InvitationCreation"),
                    examples: [("A colleague", ["email": "jane@example.com", "role": "user", "full_name": "Jane Doe"])]),
                replies: [
                    .json(
                        .created, "The invitation", .component("Invitation"), example: InvitationRepresentation.example)
                ],
                problems: [
                    .alreadyInvited, .alreadyGranted, .emailTaken, .invitedUserDisabled, .roleTooHigh,
                    .mailUnavailable, .unavailable,
                ],
                handle: invite),
            Endpoint(
                method: .get, path: "/auth/invitations", operationID: "listInvitations", tag: .invitations,
                summary: "List invitations", access: .role(.admin), limit: .read,
                description:
                    "The newest first; those that are over are listed for 30 days after they would have expired.",
                query: Self.parameters,
                replies: [.json(.ok, "A page of invitations", .component("InvitationPage"))], handle: list),
            Endpoint(
                method: .delete, path: "/auth/invitations/{id}", operationID: "revokeInvitation", tag: .invitations,
                summary: "Revoke an invitation", access: .role(.admin), limit: .write,
                description: "Its links are void, and a user whom it made and who has not accepted it is removed.",
                replies: [.empty(.noContent, "The invitation is revoked")], problems: [.notFound, .invitationOver],
                handle: revoke),
            Endpoint(
                method: .post, path: "/auth/invitations/{id}/resend", operationID: "resendInvitation",
                tag: .invitations, summary: "Send an invitation again", access: .role(.admin), limit: .write,
                description: """
                    Mails another link that can be used for seven days; earlier links stay valid. At most once a minute, otherwise 429.
                    """,
                replies: [
                    .json(.ok, "The invitation", .component("Invitation"), example: InvitationRepresentation.example)
                ],
                problems: [.notFound, .invitationOver, .roleTooHigh, .mailUnavailable, .unavailable],
                handle: resend),
            Endpoint(
                method: .post, path: "/auth/invitations/accept", operationID: "acceptInvitation", tag: .invitations,
                summary: "Accept an invitation", access: .anyone, limit: .redeem,
                description: """
                    Verifies the address and grants the role. A user without a password needs `new_password`. A password that the user
                    has stays, unless it was never shown with a proof of the mailbox and no access token of the user comes with the
                    request: then it is void, with all sessions, and `new_password` is needed. `code` is that of the mail; where it is
                    given it must be right.
                    """,
                body: RequestBody(
                    formats: [.json], schema: .component("InvitationAcceptance"),
                    examples: [("A new user", ["token": "aot_…", "new_password": "CorrectHorse12"])]),
                replies: [
                    .json(
                        .ok, "The invitation is accepted", .component("AcceptedInvitation"),
                        example: [
                            "message": .string(Self.accepted), "success": true, "credentials": "kept", "role": "user",
                        ])
                ],
                problems: CookieSessions.problems + [.badToken, .wrongCode, .invalidToken, .overloaded, .unavailable],
                handle: accept),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [
            ("Invitation", InvitationRepresentation.schema), ("InvitationPage", Self.pageSchema),
            ("InvitationCreation", Self.creationSchema), ("InvitationAcceptance", Self.acceptanceSchema),
            ("AcceptedInvitation", Self.acceptedSchema),
        ]
    }

    var problems: [ProblemKind] { ProblemKind.invitations }

    private var service: AuthService { reference.service }

    private static let accepted = "Invitation accepted"

    static let creationSchema = Schema.object([
        .required("email", .string(format: "email")),
        .optional("role", .string("`user` if absent.")),
        .optional("full_name", .string("Kept for a new user alone.", lengths: 1...255)),
        .optional("locale", .string("The language of mails to a new user, as BCP 47 names it.", lengths: 2...35)),
    ])

    static let acceptanceSchema = Schema.object([
        .required("token", .string("What the link carries.")),
        .optional("code", .string("The code of the same mail.")),
        .optional("new_password", .newPassword("Only for a user without one.")),
    ])

    static let acceptedSchema = Schema.object([
        .required("message", .string()),
        .required("success", .boolean()),
        .required(
            "credentials",
            .string(
                "What became of a password and sessions of before.",
                choices: ["kept", "bound", "voided"])),
        .required("role", .string("The user's role now.")),
    ])

    static let pageSchema = Schema.object([
        .required("items", .array(of: .component("Invitation"))),
        .required("next_cursor", .string("Absent on the last page.").nullable),
    ])

    private static let parameters: [QueryParameter] = [
        QueryParameter(name: "limit", schema: .integer("At most this many; more than 100 counts as 100.")),
        QueryParameter(name: "cursor", schema: .string("The `next_cursor` of the previous page.")),
        QueryParameter(name: "open", schema: .boolean("Only invitations that can still be accepted.")),
    ]

    private func invite(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        var fields = try call.fields([.json])
        let email = fields.required("email", EmailAddress.init)
        let fullName = fields.optional("full_name", FullName.init)
        let role = fields.has("role") ? fields.role() : .user
        let locale = fields.optional("locale", LanguageTag.init(typed:))
        try fields.check()
        guard let email, let role else { throw fields.refusal }
        let draft = InvitationDraft(email: email, role: role, fullName: fullName, locale: locale)
        let invited = try await mapErrors { () throws(AuthError) in
            try await service.invitations.invite(draft, by: .user(administrator), from: call.context)
        }
        return call.replies.json(InvitationRepresentation.bytes(invited, at: call.now), status: .created)
    }

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.queryFields(Self.parameters.map(\.name))
        var query = InvitationQuery(limit: Int(min(fields.integer("limit", in: 1...1_000_000) ?? 20, 100)))
        if let cursor = fields.text("cursor") {
            query.before = InvitationID(parsing: cursor)
            if query.before == nil { fields.refuse("cursor", code: "malformed", "This is not a cursor.") }
        }
        if fields.bool("open") == true { query.openAt = call.now }
        try fields.check()
        // One more, to know whether another page follows.
        let limit = query.limit
        query.limit += 1
        let found = try await mapErrors { [query] () throws(AuthError) in
            try await service.invitations.list(matching: query)
        }
        let page = found.prefix(limit)
        return call.replies.json { body in
            body.member(
                "items",
                array: { list in
                    for invited in page { InvitationRepresentation.write(invited, at: call.now, into: &list) }
                })
            body.member(
                orNull: "next_cursor", found.count > limit ? page.last?.invitation.id.description : nil)
        }
    }

    private func revoke(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        let id = try call.pathID("id") { InvitationID(parsing: $0) }
        try await mapErrors { () throws(AuthError) in
            try await service.invitations.revoke(id, by: .user(administrator), from: call.context)
        }
        return call.replies.empty()
    }

    private func resend(_ call: Call) async throws(Refusal) -> Reply {
        let administrator = try call.principal()
        let id = try call.pathID("id") { InvitationID(parsing: $0) }
        let invited = try await mapErrors { () throws(AuthError) in
            try await service.invitations.resend(id, by: .user(administrator), from: call.context)
        }
        return call.replies.json(InvitationRepresentation.bytes(invited, at: call.now))
    }

    private func accept(_ call: Call) async throws(Refusal) -> Reply {
        let inCookies = try flows.browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let token = fields.requiredText("token")
        let code = fields.text("code")
        let password = fields.optional("new_password", Password.init)
        try fields.check()
        guard let token else { throw fields.refusal }
        let session = try await flows.session(of: call, inCookies: inCookies, at: service)
        let accepted = try await mapErrors { () throws(AuthError) in
            try await service.invitations.accept(
                ActionProof(token: token, code: code), newPassword: password, session: session, from: call.context)
        }
        return call.replies.json { body in
            body.member("message", Self.accepted)
            body.member("success", true)
            body.member("credentials", EmailVerificationEndpoints.word(for: accepted.effect))
            body.member("role", accepted.user.role.name)
        }
    }
}
