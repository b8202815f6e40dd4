// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthPages
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@Suite("What pages of mailed actions complete") struct PageCompletionTests {
    private static func request(_ action: MailedAction) -> String { ServedPageTests.request(action) }
    private static func link(_ action: MailedAction, _ token: String) -> String { ServedPageTests.link(action, token) }

    private func fixture() async throws -> PageFixture { try await ServedPageTests.fixture() }

    // MARK: Sessions and devices

    @Test("a sign-in opens its session in the browser that has sent the form, and in no other")
    func signIn() async throws {
        let fixture = try await fixture()
        let asking = fixture.browser()
        _ = await asking.ask(Self.request(.signIn))
        let mail = try await fixture.mail()
        let reading = fixture.browser()

        let done = await reading.submit("/actions/sign-in", ["token": mail.token, "code": mail.code])

        #expect(done.status == 200 && done.text.contains("href=\"https://id.example.test/\""))
        #expect(await reading.open("/auth/me").status == 200)
        #expect(await asking.open("/auth/me").status == 401)
        // All that the other one learns.
        let waiting = await asking.open("/actions/sign-in")
        #expect(waiting.status == 410 && waiting.text.contains("no longer works"))
    }

    @Test("an unlock makes the browser known that has sent the form, and opens no session")
    func unlock() async throws {
        let fixture = try await fixture()
        let browser = fixture.browser()
        _ = await browser.ask(Self.request(.unlock))
        let mail = try await fixture.mail()

        #expect(await browser.submit("/actions/unlock", ["token": mail.token]).status == 200)

        #expect(browser.cookies.keys.contains("__Host-authd_device"))
        #expect(browser.cookies["__Host-authd_access"] == nil && browser.cookies["__Host-authd_flow_unlock"] == nil)
    }

    // MARK: The page for the code

    @Test("the browser that asks gets a page for the code, which waits until the request is looked up")
    func codeEntry() async throws {
        let fixture = try await fixture()
        let browser = fixture.browser()
        _ = await browser.ask(Self.request(.signIn))
        let early = await browser.open("/actions/sign-in")
        #expect(early.status == 200 && !early.hasForm)
        #expect(early["refresh"] == "2; url=../actions/sign-in?waits=1")
        #expect(await browser.open("/actions/sign-in?waits=15")["refresh"] == nil)
        let mail = try await fixture.mail()

        let page = await browser.open("/actions/sign-in?waits=1")
        #expect(page.asks(for: .code) && page.text.contains(PageFixture.address))
        let form = try page.hidden
        #expect(form["handle"]?.hasPrefix("afh_") == true && form["token"] == nil)
        #expect(await browser.submit("/actions/sign-in", form).status == 422)
        #expect(
            await browser.submit("/actions/sign-in", form.merging(["code": mail.code]) { $1 }).status == 200)
        #expect(await browser.open("/auth/me").status == 200)
    }

    @Test("the page for the code shows the same for an address that has no user")
    func unknownAddress() async throws {
        let fixture = try await fixture()
        var pages: [String] = []
        for address in ["ada@example.test", "eve@example.test"] {
            let browser = fixture.browser()
            _ = await browser.ask(Self.request(.resetPassword), for: address)
            await fixture.authority.service.completeDeferredWork()
            let page = await browser.open("/actions/reset")
            #expect(page.asks(for: .code) && page.asks(for: .password))
            pages.append(
                page.text.replacing(address, with: "address").replacing(#/afh_[\w-]+/#, with: "handle"))
        }
        #expect(pages[0] == pages[1])
    }

    // MARK: Not me

    @Test("a report needs the code, and ends link and code without changing anything else")
    func report() async throws {
        let fixture = try await fixture()
        let owner = fixture.browser()
        _ = await owner.ask(Self.request(.resetPassword))
        let mail = try await fixture.mail()
        let other = fixture.browser()
        let page = await other.open(Self.link(.report, mail.token))
        #expect(page.status == 200 && page.asks(for: .code))
        let form = try page.hidden

        #expect(await other.submit("/actions/not-me", form).status == 422)
        #expect(await owner.open(Self.link(.resetPassword, mail.token)).status == 200)
        #expect(await other.submit("/actions/not-me", form.merging(["code": mail.code]) { $1 }).status == 200)

        #expect(await owner.open(Self.link(.resetPassword, mail.token)).status == 410)
        let late = await owner.submit(
            "/actions/reset", ["token": mail.token, "password": "nanoseconds of wire"])
        #expect(late.status == 410)
        #expect(await fixture.signsIn())
    }

    // MARK: Other sites

    @Test(
        "a form of another site, or of a browser that does not say where it comes from, is refused",
        arguments: [
            ("null", "cross-site"), ("https://evil.example", "cross-site"), ("https://evil.example", nil),
            ("null", nil), (nil, nil), ("https://evil.example", "same-origin"), ("null", "same-site"), ("null", "none"),
        ] as [(String?, String?)])
    func foreign(origin: String?, site: String?) async throws {
        let fixture = try await fixture()
        let owner = fixture.browser()
        _ = await owner.ask(Self.request(.signIn))
        let mail = try await fixture.mail()

        let refused = await owner.submit("/actions/sign-in", ["token": mail.token], origin: origin, site: site)

        #expect(refused.status == 403 && owner.cookies["__Host-authd_access"] == nil)
        #expect(
            await owner.submit("/actions/sign-in", ["token": mail.token], origin: PageFixture.url, site: nil).status
                == 200)
    }
}
