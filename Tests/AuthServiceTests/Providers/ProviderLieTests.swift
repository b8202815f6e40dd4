// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import Testing

@Suite("A provider that lies")
struct ProviderLieTests {
    /// A lie, what the application is told, and what the audit log may call it.
    struct Refused: Sendable, CustomTestStringConvertible {
        let lie: MockProviderLie
        let error: String
        let faults: [ProviderFault]

        init(_ lie: MockProviderLie, _ error: String = "invalid_response", _ faults: ProviderFault...) {
            self.lie = lie
            self.error = error
            self.faults = faults
        }

        var testDescription: String { lie.rawValue }
    }

    private static func refused(_ lie: MockProviderLie, _ faults: ProviderFault...) -> Refused {
        Refused(lie, faults: faults)
    }

    private static let claims = [
        refused(.wrongIssuer, .wrongIssuer), refused(.wrongAudience, .wrongAudience),
        refused(.appAudience, .wrongAudience),
        refused(.wrongAuthorizedParty, .wrongAuthorizedParty, .wrongAudience), refused(.wrongNonce, .wrongNonce),
        refused(.missingNonce, .wrongNonce, .missingClaim), refused(.missingSubject, .missingSubject),
        refused(.longSubject, .missingSubject, .malformed), refused(.expired, .expired),
        refused(.missingExpiry, .missingClaim), refused(.missingIssuance, .missingClaim),
        refused(.oldIssuance, .tooOld), refused(.futureIssuance, .notYetValid),
        refused(.wrongAccessTokenHash, .wrongAccessTokenHash),
    ]

    private static let signatures = [
        refused(.noAlgorithm, .algorithmRefused), refused(.publicKeyAsSecret, .algorithmRefused),
        refused(.clientSecretAsKey, .algorithmRefused), refused(.foreignKey, .wrongSignature),
        refused(.embeddedKey, .unknownKey, .malformed, .algorithmRefused), refused(.unknownKeyID, .unknownKey),
        refused(.changedPayload, .wrongSignature), refused(.criticalHeader, .malformed, .algorithmRefused),
        refused(.notAToken, .malformed),
    ]

    private static let answers = [
        refused(.noIDToken, .missingClaim), Refused(.refusedCode, "provider_error", .providerError),
        Refused(.redirect, "provider_error", .badStatus), Refused(.slow, "provider_unavailable", .timedOut),
        refused(.endless, .answerTooLong), refused(.malformed, .malformed),
        Refused(.failing, "provider_error", .badStatus), refused(.wrongIssuerParameter, .wrongIssuer),
        refused(.missingIssuerParameter, .missingIssuerParameter),
        Refused(.keysRedirect, "provider_error", .badStatus), refused(.endlessKeys, .answerTooLong),
        refused(.noKeys, .unknownKey),
    ]

    private static let ofUserinfo = [
        refused(.foreignUserinfo, .subjectsDiffer), refused(.userinfoWithoutSubject, .missingSubject),
        refused(.malformedUserinfo, .malformed),
    ]

    private static let ofDocuments = [
        refused(.discoveryOfAnother, .wrongIssuer), refused(.malformedDiscovery, .malformed),
        Refused(.unreachable, "provider_unavailable", .unreachable),
    ]

    private static let flows = claims + signatures + answers

    @Test("every lie is tried")
    func allAreTried() {
        let tried = Self.flows + Self.ofUserinfo + Self.ofDocuments
        #expect(Set(tried.map(\.lie)).union([.unverifiedAddress]) == Set(MockProviderLie.allCases))
    }

    @Test("is refused with its reason, with a code and in cookies, and nothing is written", arguments: flows)
    func flow(_ refused: Refused) async throws {
        for mode in [ProviderStart.Mode.cookie, .code(challenge: ProviderFixture.challenge)] {
            let fixture = try await ProviderFixture()
            let departure = try await fixture.depart(mode)
            fixture.corp.tell(refused.lie)
            let callback = try fixture.corp.consent(to: departure.url)

            let result = await fixture.finish(callback, departure.flow)

            try await check(refused, try fixture.error(of: result), fixture)
            // Beyond the cool-down of its keys.
            fixture.authority.clock.advance(by: .seconds(60))
            fixture.corp.tell(nil)
            _ = try fixture.code(of: try await fixture.travel())
        }
    }

    @Test("about the user at the userinfo endpoint is refused, and nothing is written", arguments: ofUserinfo)
    func userinfo(_ refused: Refused) async throws {
        let fixture = try await ProviderFixture(corp: {
            try MockProviderTransport(clock: $0, tellsAddressInToken: false)
        })
        fixture.corp.tell(refused.lie)
        try await check(refused, try fixture.error(of: try await fixture.travel()), fixture)
    }

    @Test("in its documents is refused before the browser leaves", arguments: ofDocuments)
    func documents(_ refused: Refused) async throws {
        let fixture = try await ProviderFixture()
        fixture.corp.tell(refused.lie)
        let answer = try #require(ProviderFlowError(rawValue: refused.error))
        await #expect(throws: AuthError.providerRefused(answer)) { try await fixture.depart() }
        try await check(refused, refused.error, fixture)

        // Asking again at once does not reach out again; after the cool-down it does.
        fixture.corp.tell(nil)
        let asked = fixture.corp.requestedURLs.count
        await #expect(throws: AuthError.providerRefused(answer)) { try await fixture.depart() }
        #expect(fixture.corp.requestedURLs.count == asked)
        fixture.authority.clock.advance(by: .seconds(10))
        try await fixture.signIn()
    }

    @Test("an address that it has not verified is none")
    func unverified() async throws {
        let fixture = try await ProviderFixture()
        fixture.corp.tell(.unverifiedAddress)
        let pair = try await fixture.signIn()
        #expect(pair.user.email == nil && !pair.user.isVerified && !pair.user.isBound)
    }

    @Test("a document that was good is used for another hour while the provider is away")
    func away() async throws {
        let fixture = try await ProviderFixture()
        try await fixture.signIn()
        fixture.corp.tell(.unreachable)
        fixture.authority.clock.advance(by: .seconds(3_700))
        let departure = try await fixture.depart()
        #expect(departure.url.hasPrefix(fixture.corp.issuer))
        fixture.authority.clock.advance(by: .seconds(3_700))
        await #expect(throws: AuthError.providerRefused(.providerUnavailable)) { try await fixture.depart() }
    }

    private func check(_ refused: Refused, _ error: String, _ fixture: ProviderFixture) async throws {
        #expect(error == refused.error)
        let reasons = try await fixture.authority.refusals(of: .signIn)
        let expected = refused.faults.map { "provider_\($0.rawValue)" }
        #expect(reasons.count == 1 && expected.contains(reasons.first.flatMap(\.self) ?? ""), "\(reasons)")
        #expect(try await fixture.written() == [0, 0])
        #expect(try await fixture.authority.refusals(of: .identityLinked).isEmpty)
    }
}

extension ProviderLieTests.Refused {
    init(_ lie: MockProviderLie, faults: [ProviderFault]) {
        self.lie = lie
        error = "invalid_response"
        self.faults = faults
    }
}
