// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

extension SupabaseScenario {
    private static let ada: JSONValue = ["email": "ada@example.test"]
    private static let phone: JSONValue = ["phone": "+4930123456"]

    /// Asks twice within the interval.
    private static func twice(
        _ version: ContractVersion, _ path: String, _ body: JSONValue
    ) async throws -> HTTPTestResponse {
        let fixture = try await SupabaseFixture(version)
        let first = await fixture.send(.post, path, body)
        #expect(first.status == 200 && first.text == "{}", "\(first.text)")
        return await fixture.send(.post, path, body)
    }

    static let mails: [SupabaseScenario] = [
        SupabaseScenario("POST /otp", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let answer = await fixture.send(.post, "/otp", ["email": "ada@example.test", "create_user": true])
            #expect(try await fixture.mail().typedCode?.utf8.count == 8)
            return answer
        },
        SupabaseScenario("POST /otp", "validation_failed", 400) { version in
            let fixture = try await SupabaseFixture(version)
            let channel = await fixture.send(.post, "/otp", ["email": "ada@example.test", "channel": "sms"])
            #expect(channel.code(version) == "validation_failed", "\(channel.text)")
            return await fixture.send(.post, "/otp", ["email": "ada"])
        },
        SupabaseScenario("POST /otp", "otp_disabled", 422) {
            try await SupabaseFixture($0).send(.post, "/otp", ["email": "ada@example.test", "create_user": false])
        },
        SupabaseScenario("POST /otp", "signup_disabled", 422) {
            try await SupabaseFixture($0, service: { $0.registration = .closed }).send(.post, "/otp", ada)
        },
        SupabaseScenario("POST /otp", "phone_provider_disabled", 400) {
            try await SupabaseFixture($0).send(.post, "/otp", phone)
        },
        SupabaseScenario("POST /otp", "over_email_send_rate_limit", 429) { try await twice($0, "/otp", ada) },
        SupabaseScenario("POST /otp", "email_provider_disabled", 400) {
            try await SupabaseFixture($0, hasMail: false).send(.post, "/otp", ada)
        },
        SupabaseScenario("POST /magiclink", "email_provider_disabled", 400) {
            try await SupabaseFixture($0, hasMail: false).send(.post, "/magiclink", ada)
        },
        SupabaseScenario("POST /recover", "email_provider_disabled", 400) {
            try await SupabaseFixture($0, hasMail: false).send(.post, "/recover", ada)
        },
        SupabaseScenario("POST /resend", "email_provider_disabled", 400) {
            try await SupabaseFixture($0, hasMail: false).send(
                .post, "/resend", ["type": "signup", "email": "ada@example.test"])
        },
        SupabaseScenario("POST /magiclink", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            let answer = await fixture.send(.post, "/magiclink", ada)
            #expect(try await fixture.link().contains("type=signup"))
            return answer
        },
        SupabaseScenario("POST /magiclink", "validation_failed", 400) {
            try await SupabaseFixture($0).send(.post, "/magiclink", [:])
        },
        SupabaseScenario("POST /magiclink", "signup_disabled", 422) {
            try await SupabaseFixture($0, service: { $0.registration = .closed }).send(.post, "/magiclink", ada)
        },
        SupabaseScenario("POST /magiclink", "phone_provider_disabled", 400) {
            try await SupabaseFixture($0).send(.post, "/magiclink", phone)
        },
        SupabaseScenario("POST /magiclink", "over_email_send_rate_limit", 429) {
            try await twice($0, "/magiclink", ada)
        },
        SupabaseScenario("POST /recover", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            _ = try await fixture.session()
            let known = await fixture.send(.post, "/recover", ada)
            let unknown = await fixture.send(.post, "/recover", ["email": "eve@example.test"])
            #expect(known.status == unknown.status && known.body == unknown.body)
            #expect(try await fixture.link().contains("type=recovery"))
            return known
        },
        SupabaseScenario("POST /recover", "validation_failed", 400) {
            try await SupabaseFixture($0).send(
                .post, "/recover", ["email": "ada@example.test", "code_challenge": "a"])
        },
        SupabaseScenario("POST /recover", "phone_provider_disabled", 400) {
            try await SupabaseFixture($0).send(.post, "/recover", phone)
        },
        // Of an address without a user as well: the answer tells nothing.
        SupabaseScenario("POST /recover", "over_email_send_rate_limit", 429) { try await twice($0, "/recover", ada) },
        SupabaseScenario("POST /resend", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            #expect(await fixture.signUp().status == 200)
            let first = try await fixture.link()
            fixture.clock.advance(by: .seconds(61))
            let answer = await fixture.send(
                .post, "/resend", ["type": "signup", "email": "ada@example.test"])
            #expect(try await fixture.link() != first)
            return answer
        },
        SupabaseScenario("POST /resend", "validation_failed", 400) {
            try await SupabaseFixture($0).send(.post, "/resend", ["type": "other", "email": "ada@example.test"])
        },
        SupabaseScenario("POST /resend", "phone_provider_disabled", 400) {
            try await SupabaseFixture($0).send(.post, "/resend", ["type": "sms", "phone": "+4930123456"])
        },
        SupabaseScenario("POST /resend", "over_email_send_rate_limit", 429) {
            try await twice($0, "/resend", ["type": "signup", "email": "ada@example.test"])
        },
    ]

    // MARK: Redeeming

    private static func verify(
        _ fixture: SupabaseFixture, _ type: String, code: String, email: String = "ada@example.test"
    ) async -> HTTPTestResponse {
        await fixture.send(
            .post, "/verify", ["type": .string(type), "email": .string(email), "token": .string(code), "options": [:]])
    }

    static let verifying: [SupabaseScenario] = [
        SupabaseScenario("POST /verify", "ok", 200) {
            let fixture = try await SupabaseFixture($0)
            #expect(await fixture.signUp().status == 200)
            let token = try #require(try await fixture.link().split(separator: "&").first { $0.hasPrefix("token=") })
            return await fixture.send(
                .post, "/verify", ["type": "email", "token_hash": .string(String(token.dropFirst(6)))])
        },
        SupabaseScenario("POST /verify", "validation_failed", 400) { version in
            let fixture = try await SupabaseFixture(version)
            for body: JSONValue in [
                ["type": "email"], ["type": "email", "token": "1", "token_hash": "a"],
                ["type": "email", "token_hash": "a", "email": "ada@example.test"],
                ["type": "email", "token_hash": "a", "redirect_to": "https://app.example.test"],
            ] {
                let answer = await fixture.send(.post, "/verify", body)
                #expect(answer.code(version) == "validation_failed", "\(body) \(answer.text)")
            }
            let phones: [(number: String, code: String)] = [
                ("invalid", "validation_failed"), ("+0123", "validation_failed"), ("+112345678", "otp_expired"),
            ]
            for phone in phones {
                let answer = await fixture.send(
                    .post, "/verify", ["type": "sms", "phone": .string(phone.number), "token": "123456"])
                #expect(answer.code(version) == phone.code, "\(phone) \(answer.text)")
            }
            return await verify(fixture, "other", code: "12345678")
        },
        SupabaseScenario("POST /verify", "otp_expired", 403) { version in
            let fixture = try await SupabaseFixture(version)
            let unknown = await verify(fixture, "email", code: "12345678")
            #expect(await fixture.signUp().status == 200)
            let code = try #require(try await fixture.mail().typedCode)
            let wrong = await verify(fixture, "email", code: code == "12345678" ? "12345679" : "12345678")
            #expect(wrong.body == unknown.body && wrong.status == unknown.status)
            #expect(await verify(fixture, "recovery", code: code).code(version) == "otp_expired")
            fixture.clock.advance(by: .seconds(601))
            return await verify(fixture, "email", code: code)
        },
        SupabaseScenario("POST /verify", "user_banned", 403) {
            let fixture = try await SupabaseFixture($0)
            let token = try await fixture.session().access
            let id = try await fixture.id(of: token)
            fixture.clock.advance(by: .seconds(61))
            #expect(await fixture.send(.post, "/recover", ada).status == 200)
            let code = try #require(try await fixture.mail().typedCode)
            try await fixture.ban(id)
            return await verify(fixture, "recovery", code: code)
        },
        SupabaseScenario("POST /verify", "insufficient_aal", 403) { version in
            let fixture = try await SupabaseFixture(version)
            let id = try await fixture.id(of: fixture.session().access)
            fixture.clock.advance(by: .seconds(61))
            #expect(await fixture.send(.post, "/recover", ada).status == 200)
            fixture.factor.enroll(try #require(UserID(parsing: id)))
            let code = try #require(try await fixture.mail().typedCode)
            // A code tells nothing of it, right or wrong.
            #expect(await verify(fixture, "recovery", code: code).code(version) == "otp_expired")
            let token = try #require(try await fixture.link().split(separator: "&").first { $0.hasPrefix("token=") })
            return await fixture.send(
                .post, "/verify", ["type": "recovery", "token_hash": .string(String(token.dropFirst(6)))])
        },
    ]

    // MARK: Links, opened by a browser

    private static func linked(
        _ version: ContractVersion, adjust: (inout SupabaseSettings) -> Void = { _ in }
    ) async throws -> (fixture: SupabaseFixture, query: String) {
        let fixture = try await SupabaseFixture(version, adjust: adjust)
        #expect(await fixture.signUp().status == 200)
        return (fixture, try await fixture.link())
    }

    /// Sends the form of the page.
    static func submit(
        _ fixture: SupabaseFixture, _ form: String, site: String = "same-origin"
    ) async -> HTTPTestResponse {
        var request = HTTPRequest(
            method: .post, scheme: "https", authority: "id.example.test", path: "/auth/v1/verify",
            headerFields: fixture.version.fields)
        request.headerFields[.contentType] = "application/x-www-form-urlencoded"
        request.headerFields[.origin] = "null"
        if let name = HTTPField.Name("Sec-Fetch-Site") { request.headerFields[name] = site }
        let (head, body) = await fixture.test.api.respond(
            to: request, body: Array(form.utf8), peer: IPAddress("192.0.2.1"))
        return HTTPTestResponse(head, body: body)
    }

    static let links: [SupabaseScenario] = [
        SupabaseScenario("GET /verify", "ok", 200) {
            let (fixture, query) = try await linked($0)
            let page = await fixture.send(.get, "/verify?" + query)
            #expect(page.text.contains("<form method=\"post\" action=\"verify\">"))
            #expect(page.text.contains("ada@example.test") && page.text.matches(of: #/<button/#).count == 1)
            // Opening it has changed nothing.
            #expect(await submit(fixture, query).status == 303)
            return page
        },
        SupabaseScenario("GET /verify", "not_found", 404) {
            let fixture = try await SupabaseFixture($0)
            for query in ["", "?token=%", "?type=signup"] {
                #expect(await fixture.send(.get, "/verify" + query).status == 404, "\(query)")
            }
            return await fixture.send(.get, "/verify?token=aot_unknown&type=signup")
        },
        SupabaseScenario("GET /verify", "gone", 410) {
            let (fixture, query) = try await linked($0)
            #expect(await submit(fixture, query).status == 303)
            return await fixture.send(.get, "/verify?" + query)
        },
        SupabaseScenario("GET /verify redirecting", "ok", 303) {
            let (fixture, query) = try await linked($0) { $0.verifiesOnGet = true }
            let head = await fixture.send(.head, "/verify?" + query)
            #expect(head.status == 200 && head.fields[.location] == nil)
            let opened = await fixture.send(.get, "/verify?" + query)
            #expect(opened.inFragment("access_token") != nil && opened.inFragment("token_type") == "bearer")
            #expect(opened.inQuery("access_token") == nil)
            return opened
        },
        SupabaseScenario("GET /verify redirecting", "otp_expired", 303) {
            let fixture = try await SupabaseFixture($0, adjust: { $0.verifiesOnGet = true })
            for query in ["", "?token=%", "?type=signup"] {
                #expect(await fixture.send(.get, "/verify" + query).status == 303, "\(query)")
            }
            let opened = await fixture.send(.get, "/verify?token=aot_unknown&type=signup")
            #expect(opened.inFragment("error") == "access_denied" && opened.inFragment("error_description") != nil)
            #expect(opened.inFragment("error_code") == "otp_expired" && opened.inQuery("error_code") == nil)
            return opened
        },
        SupabaseScenario("POST /verify form", "ok", 303) {
            let (fixture, query) = try await linked($0)
            let answer = await submit(fixture, query)
            #expect(answer.inFragment("access_token") != nil && answer.inFragment("type") == "signup")
            #expect(answer.inQuery("access_token") == nil)
            return answer
        },
        SupabaseScenario("POST /verify form", "otp_expired", 303) {
            let (fixture, query) = try await linked($0)
            #expect(await submit(fixture, query).status == 303)
            let again = await submit(fixture, query)
            #expect(again.inFragment("error_code") == "otp_expired" && again.inQuery("error_code") == nil)
            return again
        },
        SupabaseScenario("POST /verify form", "csrf", 403) {
            let (fixture, query) = try await linked($0)
            let refused = await submit(fixture, query, site: "cross-site")
            #expect(await submit(fixture, query).value("access_token") != nil)
            return refused
        },
    ]
}
