// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthCore

@Suite("Common passwords") struct CommonPasswordsTests {
    @Test("are sorted, unique, folded and long enough to matter")
    func listIsSearchable() {
        let all = CommonPasswords.all

        #expect(all.count >= 10_000)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(all.allSatisfy { $0.utf8.count >= 8 && $0 == $0.lowercased() })
    }

    // ASVS 6.2.4
    // Behaviour B24
    @Test("are all found")
    func findsEach() throws {
        for word in CommonPasswords.all where try !CommonPasswords.contains(Password(word)) { Issue.record("\(word)") }
    }

    @Test(
        "are found in any case",
        arguments: ["password123", "PASSWORD123", "Qwertyuiop", "12345678", "trustno1trustno1"])
    func foldsCase(_ text: String) throws {
        #expect(try CommonPasswords.contains(Password(text)) == (text != "trustno1trustno1"))
    }

    @Test(
        "are not found where they are only a part",
        arguments: [
            "p", "password1234567", "assword123", " ", "\n", "password password1", "~~~~~~~~", "!!", "zzzzzzzzzzz",
        ])
    func findsNoPart(_ text: String) throws {
        #expect(try !CommonPasswords.contains(Password(text)))
    }
}
