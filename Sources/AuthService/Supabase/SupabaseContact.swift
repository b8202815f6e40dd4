// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// How a client names a user, as typed; the contract knows phones, which this service does not serve.
public struct SupabaseContact: Sendable {
    /// The address.
    public let email: String?
    /// The phone number.
    public let phone: String?

    /// Takes what came; empty texts count as absent.
    public init(email: String?, phone: String?) {
        self.email = email.flatMap { $0.isEmpty ? nil : $0 }
        self.phone = phone.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether there is neither.
    var isEmpty: Bool { email == nil && phone == nil }

    /// The address.
    ///
    /// - Throws: `.phoneProviderDisabled` for a phone, `.validation` for both, neither, and a text that is no address.
    func address() throws(SupabaseError) -> EmailAddress {
        if phone != nil {
            guard email == nil else { throw .validation(SupabaseSentence.bothContacts) }
            throw .phoneProviderDisabled
        }
        guard let email else { throw .validation(SupabaseSentence.missingEmail) }
        return try Self.address(email)
    }

    /// Whether a text is a number of E.164, blanks aside.
    static func isPhone(_ text: String) -> Bool {
        let octets = Array(text.utf8)
        let plus = octets.first == UInt8(ascii: "+") ? 1 : 0
        let digits = octets.dropFirst(plus).filter { $0 != UInt8(ascii: " ") }
        return (2...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Reads an address.
    static func address(_ text: String) throws(SupabaseError) -> EmailAddress {
        guard let address = try? EmailAddress(TypedText.trimmed(text)) else {
            throw .validation(SupabaseSentence.badEmail)
        }
        return address
    }
}

/// Where the browser goes after a mailed link or a provider, and the challenge of the flow.
public struct SupabaseReturn: Sendable {
    /// The longest address that is read; a longer one is not admitted.
    static let longestTarget = 1_536

    let redirectTo: String?
    /// The digest that the verifier must have; empty for the implicit flow.
    let challenge: [UInt8]

    /// Takes what came.
    ///
    /// An address that the settings do not admit is no fault: the site is taken for it, silently, as the contract has it.
    ///
    /// - Throws: `.validation` for one of the pair alone, for a challenge that is none by SHA-256, and for another method.
    public init(redirectTo: String?, challenge: String?, method: String?) throws(SupabaseError) {
        self.redirectTo = redirectTo.flatMap { $0.isEmpty ? nil : $0 }
        let given = challenge.flatMap { $0.isEmpty ? nil : $0 }
        let named = method.flatMap { $0.isEmpty ? nil : $0 }
        switch (given, named) {
        case (nil, nil): self.challenge = []
        case (let text?, let name?):
            guard ASCIICase.lowered(name).hasSameOctets(as: "s256") else {
                throw .validation(SupabaseSentence.badChallengeMethod)
            }
            guard let digest = ProviderFlowSecrets.digest(ofChallenge: text) else {
                throw .validation(SupabaseSentence.badChallenge)
            }
            self.challenge = digest
        case (nil, _?), (_?, nil): throw .validation(SupabaseSentence.halfChallenge)
        }
    }

    /// The address to return to: the one that came, where it is admitted, and otherwise the site.
    func target(by redirects: RedirectAllowList) -> ReturnTarget {
        guard let redirectTo, redirectTo.utf8.count <= Self.longestTarget, let target = redirects.admits(redirectTo)
        else { return redirects.site }
        return target
    }
}
