// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Registration policy")
struct RegistrationPolicyTests {
    private func policy(_ domains: String...) throws -> RegistrationPolicy {
        .domains(Set(try domains.map { text throws(DomainName.Fault) in try DomainName(text) }))
    }

    @Test(
        "a domain list admits addresses of exactly these domains, however they are spelt",
        arguments: [
            ("ada@example.com", true), ("Ada@EXAMPLE.Com", true), ("ada+tag@example.com", true),
            ("ada@bücher.example", true), ("ada@BÜCHER.example", true), ("ada@xn--bcher-kva.example", true),
            ("ada@mail.example.com", false), ("ada@example.com.evil.test", false), ("ada@notexample.com", false),
            ("example.com@evil.test", false), ("ada@example.co", false), ("ada@bucher.example", false),
        ])
    func domains(_ address: String, isAdmitted: Bool) throws {
        let policy = try policy("example.com", "bücher.example")

        let address = try EmailAddress(address)
        let refusal: RegistrationPolicy.Refusal? = isAdmitted ? nil : .otherDomain
        #expect(policy.refusal(of: address) == refusal)
        #expect(policy.permits(address) == isAdmitted)
    }

    @Test("a list in Punycode and one in letters are the same")
    func punycode() throws {
        #expect(try DomainName("xn--bcher-kva.example") == DomainName("Bücher.EXAMPLE"))
        #expect(try DomainName("bücher.example").ascii == "xn--bcher-kva.example")
        #expect(try DomainName("example.com") != DomainName("mail.example.com"))
    }

    @Test(
        "what is no domain is refused",
        arguments: [
            "", "example", "@example.com", "ada@example.com", "*.example.com", "exa mple.com", "192.0.2.1", "a..b",
        ])
    func malformed(_ text: String) {
        #expect(throws: DomainName.Fault.self) { try DomainName(text) }
    }

    @Test("a domain list requires an address, and its proof")
    func requirements() throws {
        let list = try policy("example.com")
        #expect(list.refusal(of: nil) == .missingAddress)
        #expect(list.requiresVerifiedEmail)
        #expect(!RegistrationPolicy.open.requiresVerifiedEmail && !RegistrationPolicy.closed.requiresVerifiedEmail)
    }

    @Test("an open registration refuses no address, a closed one refuses all and leaves users their changes")
    func others() throws {
        for address in [nil, try EmailAddress("ada@example.com")] {
            #expect(RegistrationPolicy.open.refusal(of: address) == nil)
            #expect(RegistrationPolicy.closed.refusal(of: address) == .closed)
        }
        #expect(RegistrationPolicy.closed.permits(try EmailAddress("ada@example.com")))
    }

    @Test("an empty list admits no address")
    func empty() throws {
        #expect(RegistrationPolicy.domains([]).refusal(of: try EmailAddress("ada@example.com")) == .otherDomain)
    }
}
