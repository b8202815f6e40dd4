// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthPages
import AuthService
import AuthTesting
import Testing

@Suite("The page of an invitation") struct InvitationPageTests {
    private static let path = "/actions/invitation"
    private static let password = "nanoseconds of wire"

    private func invite(_ address: String, _ fixture: PageFixture) async throws -> (token: String, code: String) {
        _ = try await fixture.authority.service.invitations.invite(
            InvitationDraft(email: try EmailAddress(address), role: .admin), by: .commandLine, from: ClientContext())
        return try await fixture.mail(to: address)
    }

    private func user(_ address: String, _ fixture: PageFixture) async throws -> User {
        try await fixture.authority.service.users.user(identifiedBy: .email(try EmailAddress(address)))
    }

    @Test("a new person chooses a password, and without one nothing changes")
    func newPerson() async throws {
        let fixture = try await PageFixture()
        let address = "grace@example.test"
        let mail = try await invite(address, fixture)
        let browser = fixture.browser()
        let page = await browser.open("\(Self.path)?token=\(mail.token)")
        #expect(page.status == 200 && page.asks(for: .password) && !page.asks(for: .code))

        let form = try page.hidden
        #expect(await browser.submit(Self.path, form).status == 422)
        #expect(try await !user(address, fixture).isVerified)
        let done = await browser.submit(Self.path, form.merging(["password": Self.password]) { $1 })
        #expect(done.status == 200)
        let grace = try await user(address, fixture)
        #expect(grace.isVerified && grace.role == .admin)
        // It opens no session.
        #expect(await browser.open("/auth/me").status == 401)
        #expect(await browser.open("\(Self.path)?token=\(mail.token)").status == 410)
    }

    @Test("a user whose password is bound types the code, and keeps the password")
    func existingUser() async throws {
        let fixture = try await PageFixture()
        let browser = fixture.browser()
        _ = await browser.ask("/auth/password/reset/request")
        let reset = try await fixture.mail()
        _ = await browser.submit("/actions/reset", ["token": reset.token, "password": Self.password])
        let mail = try await invite(PageFixture.address, fixture)
        let page = await browser.open("\(Self.path)?token=\(mail.token)")
        #expect(page.status == 200 && page.asks(for: .code) && !page.asks(for: .password))

        let form = try page.hidden
        #expect(await browser.submit(Self.path, form).status == 422)
        #expect(await browser.submit(Self.path, form.merging(["code": "22222222"]) { $1 }).status == 400)
        #expect(try await user(PageFixture.address, fixture).role == .user)
        #expect(await browser.submit(Self.path, form.merging(["code": mail.code]) { $1 }).status == 200)
        #expect(try await user(PageFixture.address, fixture).role == .admin)
        #expect(await fixture.signsIn(Self.password))
    }
}
