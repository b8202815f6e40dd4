// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthPages
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@Suite("Pages of mailed actions, served") struct ServedPageTests {
    /// How a mail of an action is asked for.
    static let requests: [(action: MailedAction, path: String)] = [
        (.verifyAddress, "/auth/email/verification/resend"), (.resetPassword, "/auth/password/reset/request"),
        (.signIn, "/auth/login/mail/request"), (.unlock, "/auth/unlock/request"),
    ]

    static func request(_ action: MailedAction) -> String {
        requests.first { $0.action == action }?.path ?? ""
    }

    /// An unverified user, so that each mail can be asked for.
    static func fixture(leavingOut absent: Set<MailedAction> = []) async throws -> PageFixture {
        let fixture = try await PageFixture(leavingOut: absent)
        await fixture.authority.service.completeDeferredWork()
        return fixture
    }

    static func link(_ action: MailedAction, _ token: String) -> String { "\(action.path)?token=\(token)" }

    // MARK: Opening

    // Behaviour A12, F80
    @Test("opening a link changes and writes nothing, and its owner completes", arguments: requests.map(\.action))
    func opening(action: MailedAction) async throws {
        let fixture = try await Self.fixture()
        let owner = fixture.browser()
        #expect(await owner.ask(Self.request(action)).status == 200)
        let mail = try await fixture.mail()
        let before = try await fixture.audit()

        for _ in 0..<10 {
            let scanner = fixture.browser()
            for method in [HTTPRequest.Method.head, .get] {
                let page = await scanner.send(method, Self.link(action, mail.token))
                #expect(page.status == 200)
                #expect(page["set-cookie"] == nil)
                _ = await scanner.send(method, Self.link(.report, mail.token))
            }
        }

        #expect(try await fixture.audit() == before)
        let page = await owner.open(Self.link(action, mail.token))
        #expect(page.status == 200 && !page.asks(for: .code))
        var form = try page.hidden
        #expect(form == ["token": mail.token])
        if action == .resetPassword { form["password"] = "nanoseconds of wire" }
        let done = await owner.submit(action.path, form)
        #expect(done.status == 200 && !done.hasForm, "\(done.text)")
        #expect(await owner.open(Self.link(action, mail.token)).status == 410)
    }

    // Behaviour F87
    @Test("a page is kept by no cache, tells no other site its address, and runs nothing")
    func fields() async throws {
        let fixture = try await Self.fixture()
        _ = await fixture.browser().ask(Self.request(.resetPassword))
        let mail = try await fixture.mail()

        let page = await fixture.browser().open(Self.link(.resetPassword, mail.token))

        #expect(page["content-type"] == "text/html; charset=utf-8")
        #expect(page["cache-control"] == "no-store")
        #expect(page["referrer-policy"] == "no-referrer")
        #expect(page["content-security-policy"] == ActionPage.policy)
        #expect(page["x-content-type-options"] == "nosniff")
        #expect(page.text.contains("ada"))
    }

    @Test("a page speaks the browser's language", arguments: [("de-AT, en;q=0.5", "de"), ("fr", "en")])
    func language(accepted: String, language: String) async throws {
        let fixture = try await Self.fixture()
        let page = await fixture.browser().open("/actions/reset?token=aot_x", language: accepted)
        #expect(page.text.contains("<html lang=\"\(language)\">"))
    }

    @Test("what counters of clicks append to a link, the prefix and a slash at the end change nothing")
    func spellings() async throws {
        let fixture = try await Self.fixture()
        _ = await fixture.browser().ask(Self.request(.resetPassword))
        let mail = try await fixture.mail()
        let link = Self.link(.resetPassword, mail.token)

        for target in [link + "&utm_source=mail", "/api/v1" + link] {
            #expect(await fixture.browser().open(target).hasForm, "\(target)")
        }
        let slashed = await fixture.browser().open("/actions/reset/?token=\(mail.token)")
        #expect(slashed.text.contains("action=\"../../actions/reset\""))
    }

    @Test("a link that leads to nothing says so, and the pages of an application's own do not exist")
    func nothing() async throws {
        let fixture = try await Self.fixture(leavingOut: [.resetPassword])
        for path in ["/actions/verify?token=aot_x", "/actions/verify", "/actions/not-me", "/actions/sign-in?token="] {
            let page = await fixture.browser().open(path)
            #expect(
                page.status == 404 && page["content-type"] == "text/html; charset=utf-8" && !page.hasForm, "\(path)")
        }
        for path in ["/actions/reset?token=aot_x", "/actions/nothing", "/actions/reauthenticate", "/actions/supabase"] {
            let refused = await fixture.browser().open(path)
            #expect(refused.status == 404 && refused["content-type"] == "application/problem+json", "\(path)")
        }
    }

    // Behaviour H122
    @Test("opening pages has a limit of its own, which neither reading nor completing uses up")
    func limited() async throws {
        var limits = RateLimits()
        limits.rules[.page] = .init(2, per: .seconds(60))
        limits.rules[.read] = .init(1, per: .seconds(60))
        let fixture = try await PageFixture(limits: limits)
        let browser = fixture.browser()
        func hasEnded() async -> Int {
            await browser.send(.post, "/auth/flows/status", #"{"handle":"afh_x"}"#, "application/json").status
        }

        #expect(await hasEnded() == 200)
        #expect(await hasEnded() == 429)
        for status in [404, 404, 429] {
            #expect(await browser.open("/actions/verify?token=aot_x").status == status)
        }
        #expect(await browser.submit("/actions/verify", ["token": "aot_x"]).status == 404)
    }

    // MARK: Elsewhere

    @Test(
        "elsewhere a button needs the code: nothing typed changes nothing, and counts as no try",
        arguments: [MailedAction.verifyAddress, .signIn, .unlock])
    func elsewhere(action: MailedAction) async throws {
        let fixture = try await Self.fixture()
        _ = await fixture.browser().ask(Self.request(action))
        let mail = try await fixture.mail()
        let other = fixture.browser()
        let page = await other.open(Self.link(action, mail.token))
        #expect(page.asks(for: .code))
        let form = try page.hidden
        let before = try await fixture.audit()

        for empty in [form, form.merging(["code": "  "]) { $1 }] {
            let refused = await other.submit(action.path, empty)
            #expect(refused.status == 422 && refused.asks(for: .code))
        }
        #expect(try await fixture.audit() == before)
        let wrong = await other.submit(
            action.path, form.merging(["code": mail.code == "2222-2222" ? "3333-3333" : "2222-2222"]) { $1 })
        #expect(wrong.status == 400 && wrong.text.contains("you have 4 more tries"), "\(wrong.text)")
        #expect(other.cookies.isEmpty)

        let done = await other.submit(action.path, form.merging(["code": mail.code.lowercased()]) { $1 })
        #expect(done.status == 200, "\(done.text)")
    }

    @Test("elsewhere a reset needs a new password, and says what is wrong with one")
    func resetElsewhere() async throws {
        let fixture = try await Self.fixture()
        _ = await fixture.browser().ask(Self.request(.resetPassword))
        let mail = try await fixture.mail()
        let other = fixture.browser()
        let page = await other.open(Self.link(.resetPassword, mail.token))
        #expect(page.asks(for: .password) && !page.asks(for: .code))
        let form = try page.hidden

        for (password, sentence) in [
            ("", "Type a new password."), ("short", "too short"), ("passwordpassword", "easy to guess"),
        ] {
            let refused = await other.submit("/actions/reset", form.merging(["password": password]) { $1 })
            #expect(refused.status == 422 && refused.text.contains(sentence), "\(refused.text)")
            #expect(await fixture.signsIn())
        }
        let done = await other.submit("/actions/reset", form.merging(["password": "nanoseconds of wire"]) { $1 })
        #expect(done.status == 200)
        #expect(await fixture.signsIn("nanoseconds of wire"))
    }

    // Behaviour A14
    @Test("after five wrong codes the page has no button, and the link still works where it was asked for")
    func voidedCode() async throws {
        let fixture = try await Self.fixture()
        let owner = fixture.browser()
        _ = await owner.ask(Self.request(.signIn))
        let mail = try await fixture.mail()
        let other = fixture.browser()
        let wrong = mail.code == "2222-2222" ? "3333-3333" : "2222-2222"
        for _ in 0..<5 {
            _ = await other.submit("/actions/sign-in", ["token": mail.token, "code": wrong])
        }

        let voided = await other.open(Self.link(.signIn, mail.token))
        #expect(voided.status == 200 && !voided.hasForm && voided.text.contains("Too many wrong codes"))
        #expect(await other.submit("/actions/sign-in", ["token": mail.token, "code": mail.code]).status == 422)
        #expect(other.cookies.isEmpty)
        #expect(await owner.submit("/actions/sign-in", ["token": mail.token]).status == 200)
    }

    @Test("a code that is too old is said to be")
    func oldCode() async throws {
        let fixture = try await Self.fixture()
        _ = await fixture.browser().ask(Self.request(.verifyAddress))
        let mail = try await fixture.mail()
        fixture.authority.clock.advance(by: .seconds(601))

        let page = await fixture.browser().open(Self.link(.verifyAddress, mail.token))

        #expect(!page.hasForm && page.text.contains("This code is too old"))
    }
}
