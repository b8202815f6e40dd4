// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthPages
import AuthService
import AuthTesting
import Testing

@Suite("The pages of a change of address") struct AddressChangePageTests {
    private static let new = "lovelace@example.test"

    /// Ada has asked for another address with a session.
    private func asked(_ fixture: PageFixture) async throws -> (token: String, code: String) {
        let principal = try await fixture.authority.principal("ada")
        _ = try await fixture.authority.service.users.updateProfile(
            of: principal, by: ProfileChange(email: try EmailAddress(Self.new)),
            confirmedBy: try Password(TestAuthority.password), from: ClientContext())
        return try await fixture.mail(to: Self.new)
    }

    private func address(_ fixture: PageFixture) async throws -> String? {
        try await fixture.authority.service.users.user(identifiedBy: .username(try Username("ada"))).email?.canonical
    }

    @Test("opened elsewhere, the page changes nothing before the code was typed, and names user and address")
    func confirms() async throws {
        let fixture = try await PageFixture()
        let mail = try await asked(fixture)
        let browser = fixture.browser()

        let page = await browser.open("/actions/change-address?token=\(mail.token)")
        #expect(page.status == 200 && page.asks(for: .code))
        #expect(page.text.contains(Self.new) && page.text.contains("ada"))
        let form = try page.hidden
        #expect(await browser.submit("/actions/change-address", form).status == 422)
        #expect(
            await browser.submit("/actions/change-address", form.merging(["code": "2222-2222"]) { $1 }).status == 400)
        #expect(try await address(fixture) == PageFixture.address)
        let done = await browser.submit("/actions/change-address", form.merging(["code": mail.code]) { $1 })

        #expect(done.status == 200)
        #expect(try await address(fixture) == Self.new)
        // The page opens no session.
        #expect(await browser.open("/auth/me").status == 401)
        #expect(await browser.open("/actions/change-address?token=\(mail.token)").status == 410)
    }

    @Test(
        "the page of the former address undoes the change with the code or a new password, and with nothing else",
        arguments: [false, true])
    func undoes(setsPassword: Bool) async throws {
        let fixture = try await PageFixture()
        let mail = try await asked(fixture)
        _ = try await fixture.authority.service.users.confirmAddressChange(
            ActionProof(token: mail.token), from: ClientContext())
        let undo = try await fixture.mail()
        let browser = fixture.browser()

        let page = await browser.open("/actions/undo-address-change?token=\(undo.token)")
        #expect(page.status == 200 && page.asks(for: .code))
        let form = try page.hidden
        #expect(await browser.submit("/actions/undo-address-change", form).status == 422)
        #expect(try await address(fixture) == Self.new)
        let short = await browser.submit("/actions/undo-address-change", form.merging(["password": "short"]) { $1 })
        #expect(short.status == 422)
        #expect(try await address(fixture) == Self.new)
        let typed = setsPassword ? ["password": "nanoseconds of wire"] : ["code": undo.code]
        let done = await browser.submit("/actions/undo-address-change", form.merging(typed) { $1 })

        #expect(done.status == 200)
        #expect(try await address(fixture) == PageFixture.address)
        // Ada's own password was never bound to the address: a stranger may have chosen it.
        #expect(await !fixture.signsIn())
        #expect(await fixture.signsIn("nanoseconds of wire") == setsPassword)
        #expect(await browser.open("/auth/me").status == 401)
    }
}
