// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthPages
import AuthTestSupport
import AuthTesting
import Testing

/// The mail is asked for by address alone, as any stranger can: its proof of the mailbox binds no password by itself.
@Suite("The page of a verification") struct VerificationPageTests {
    private static let path = "/actions/verify"
    private static let field = ActionField.currentPassword.rawValue
    private static let sentence = "This is not your password."

    private static func asked(
        _ fixture: PageFixture
    ) async throws -> (browser: TestBrowser, token: String, code: String) {
        let browser = fixture.browser()
        #expect(await browser.ask(ServedPageTests.request(.verifyAddress)).status == 200)
        let mail = try await fixture.mail()
        return (browser, mail.token, mail.code)
    }

    // Behaviour A19
    @Test(
        "a password that is typed on the page stays, and without it the proof of the mailbox removes the password",
        arguments: [true, false], [true, false])
    func binds(isTyped: Bool, isHere: Bool) async throws {
        let fixture = try await ServedPageTests.fixture()
        let mail = try await Self.asked(fixture)
        let browser = isHere ? mail.browser : fixture.browser()
        let page = await browser.open(ServedPageTests.link(.verifyAddress, mail.token))
        #expect(page.asks(for: .currentPassword) && page.asks(for: .code) == !isHere)

        var form = try page.hidden
        if !isHere { form["code"] = mail.code }
        // A browser also sends the field that was left empty.
        form[Self.field] = isTyped ? TestAuthority.password : ""
        let done = await browser.submit(Self.path, form)

        #expect(done.status == 200 && !done.hasForm, "\(done.text)")
        #expect(await fixture.signsIn() == isTyped)
    }

    @Test("the page for the code takes the password, too")
    func codeEntry() async throws {
        let fixture = try await ServedPageTests.fixture()
        let mail = try await Self.asked(fixture)
        let page = await mail.browser.open(Self.path)
        #expect(page.asks(for: .code) && page.asks(for: .currentPassword))

        let form = try page.hidden.merging(["code": mail.code, Self.field: TestAuthority.password]) { $1 }
        #expect(await mail.browser.submit(Self.path, form).status == 200)

        #expect(await fixture.signsIn())
    }

    @Test("a wrong password is told at its field, changes nothing, leaves the code valid, and counts as at a sign-in")
    func wrong() async throws {
        let fixture = try await ServedPageTests.fixture()
        let mail = try await Self.asked(fixture)
        let other = fixture.browser()
        let page = await other.open(ServedPageTests.link(.verifyAddress, mail.token))
        let form = try page.hidden.merging(["code": mail.code]) { $1 }

        for _ in 0..<5 {
            let refused = await other.submit(Self.path, form.merging([Self.field: "a wrong guess"]) { $1 })
            #expect(refused.status == 400 && refused.text.contains(Self.sentence), "\(refused.text)")
            let invalid = try HTMLPage(refused.text).elements.filter { $0.attributes["aria-invalid"] == "true" }
            #expect(invalid.map { $0.attributes["name"] } == [Self.field])
        }

        // The fifth one delays the next, whatever is typed and wherever.
        let right = form.merging([Self.field: TestAuthority.password]) { $1 }
        #expect(await other.submit(Self.path, right).status == 400)
        #expect(await !fixture.signsIn())
        fixture.authority.clock.advance(by: .seconds(60))
        #expect(await other.submit(Self.path, right).status == 200)
        #expect(await fixture.signsIn())
    }

    @Test("a text that can be no password is told at the field, and counts as no try")
    func malformed() async throws {
        let fixture = try await ServedPageTests.fixture()
        let mail = try await Self.asked(fixture)
        let form = ["token": mail.token, Self.field: String(repeating: "a", count: Password.maximumBytes + 1)]
        let before = try await fixture.audit()

        for _ in 0..<6 {
            let refused = await mail.browser.submit(Self.path, form)
            #expect(refused.status == 422 && refused.text.contains(Self.sentence), "\(refused.text)")
        }

        #expect(try await fixture.audit() == before)
        #expect(await fixture.signsIn())
    }
}
