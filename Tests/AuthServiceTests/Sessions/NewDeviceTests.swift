// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Sign-in from a new device")
struct NewDeviceTests {
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    static let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"

    func from(_ source: String?, _ userAgent: String? = firefox, network: String? = nil) -> ClientContext {
        ClientContext(source: source, sourceNetwork: network, userAgent: userAgent)
    }

    /// An authority with a user who has signed in once, from 192.0.2.1.
    func authority(_ settings: AuthSettings = AuthSettings(issuer: "https://auth.example.test")) async throws
        -> TestAuthority
    {
        let authority = try await TestAuthority(settings: settings)
        try await authority.register("ada")
        _ = try await authority.attempt("ada", from: from("192.0.2.1"))
        return authority
    }

    func notices(_ authority: TestAuthority) async throws -> [OutgoingMail] {
        await authority.service.completeDeferredWork()
        let address = try authority.address("ada")
        return authority.mailer.sent.filter {
            $0.recipient.canonical == address.canonical && $0.message.template == .newDevice
        }
    }

    func audited(_ authority: TestAuthority) async throws -> Int {
        try await authority.refusals(of: .signInFromNewDevice).count
    }

    // ASVS 6.3.5
    @Test("the first sign-in ever is not told of, and one from another device is, once")
    func toldOnce() async throws {
        let authority = try await authority()
        #expect(try await notices(authority).isEmpty)

        for _ in 0..<3 { _ = try await authority.attempt("ada", from: from("198.51.100.9", Self.chrome)) }

        let mail = try #require(try await notices(authority).first)
        #expect(try await notices(authority).count == 1)
        let origin = try #require(mail.origin)
        #expect(origin.place?.network(in: .english) == "IP address 198.51.100.x")
        #expect(origin.place?.device(in: .english) == "Chrome on Windows")
        #expect(origin.time.readable(in: .english) == "1 January 2026, 00:00 UTC")
        #expect(mail.message.oneTimeToken == nil && mail.message.template.action == nil)
        #expect(try await audited(authority) == 1)
    }

    struct Place: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let client: ClientContext
        let isNew: Bool
    }

    @Test(
        "another network or another family of user agent is new; another host or version is not",
        arguments: [
            Place(
                testDescription: "another host", client: ClientContext(source: "192.0.2.254", userAgent: firefox),
                isNew: false),
            Place(
                testDescription: "another version",
                client: ClientContext(
                    source: "192.0.2.1",
                    userAgent: "Mozilla/5.0 (X11; Linux aarch64; rv:140.0) Gecko/20100101 Firefox/140.0"),
                isNew: false),
            Place(
                testDescription: "another network", client: ClientContext(source: "192.0.3.1", userAgent: firefox),
                isNew: true),
            Place(
                testDescription: "another browser", client: ClientContext(source: "192.0.2.1", userAgent: chrome),
                isNew: true),
            Place(testDescription: "no user agent", client: ClientContext(source: "192.0.2.1"), isNew: true),
            Place(
                testDescription: "IPv6",
                client: ClientContext(
                    source: "2001:db8:1:2::3", sourceGroup: "2001:db8:1:2::", sourceNetwork: "2001:db8:1::",
                    userAgent: firefox),
                isNew: true),
            Place(testDescription: "no address", client: ClientContext(userAgent: chrome), isNew: false),
            Place(
                testDescription: "no address at all", client: ClientContext(source: "192.0.2", userAgent: chrome),
                isNew: false),
        ])
    func places(_ place: Place) async throws {
        let authority = try await authority()
        _ = try await authority.attempt("ada", from: place.client)
        #expect(try await notices(authority).count == (place.isNew ? 1 : 0))
    }

    @Test("a known device is not new, wherever it is")
    func knownDevice() async throws {
        let authority = try await authority()
        let device = try await authority.attempt("ada", from: from("192.0.2.1")).deviceToken
        _ = try await authority.attempt("ada", device: device, from: from("203.0.113.5"))
        #expect(try await notices(authority).isEmpty)
        #expect(try await audited(authority) == 0)
    }

    @Test("a place is new again after ninety days without a sign-in from there")
    func forgotten() async throws {
        let authority = try await authority()
        authority.clock.advance(by: .seconds(80 * 86_400))
        _ = try await authority.attempt("ada", from: from("192.0.2.1"))
        authority.clock.advance(by: .seconds(80 * 86_400))
        _ = try await authority.attempt("ada", from: from("192.0.2.1"))
        #expect(try await notices(authority).isEmpty)
        authority.clock.advance(by: .seconds(90 * 86_400))
        _ = try await authority.attempt("ada", from: from("192.0.2.1"))
        #expect(try await notices(authority).count == 1)
    }

    @Test("a sign-in within the hour after a reset of the password is audited and not mailed; a later one is mailed")
    func afterReset() async throws {
        let authority = try await authority()
        let address = try authority.address("ada")
        let token = try await authority.service.passwords.requestResetRevealing(of: address, from: client).token
        try await authority.service.passwords.confirmReset(
            ActionProof(token: try #require(token).revealed), newPassword: try Password("another fine password"),
            from: client)
        authority.clock.advance(by: .seconds(3_599))
        _ = try await authority.attempt("ada", "another fine password", from: from("198.51.100.9"))
        #expect(try await notices(authority).isEmpty)
        #expect(try await audited(authority) == 1)

        authority.clock.advance(by: .seconds(2))
        _ = try await authority.attempt("ada", "another fine password", from: from("203.0.113.5"))
        #expect(try await notices(authority).count == 1)
    }

    @Test("a wrong password from a new device tells nothing and remembers nothing")
    func wrongPassword() async throws {
        let authority = try await authority()
        await #expect(throws: AuthError.invalidCredentials) {
            try await authority.attempt("ada", "not the password", from: from("198.51.100.9"))
        }
        #expect(try await notices(authority).isEmpty)
        _ = try await authority.attempt("ada", from: from("198.51.100.9"))
        #expect(try await notices(authority).count == 1)
    }

    @Test("the mail can be turned off; the audit has the event all the same")
    func turnedOff() async throws {
        var settings = AuthSettings(issuer: "https://auth.example.test")
        settings.disabledNotices = [.newDevice]
        let authority = try await authority(settings)
        _ = try await authority.attempt("ada", from: from("198.51.100.9"))
        #expect(try await notices(authority).isEmpty)
        #expect(try await audited(authority) == 1)
    }

    @Test("a flood of places is told of at most fifty times a day")
    func flood() async throws {
        let authority = try await authority()
        for number in 0..<70 {
            _ = try await authority.attempt("ada", from: from("198.51.\(number).9"))
            await authority.service.completeDeferredWork()
        }
        #expect(try await notices(authority).count <= NewDevice.placesPerUser)
    }
}
