// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthCore

@Suite("Domain name") struct DomainNameTests {
    @Test("accepts domains of the list in the forms that idn2 gives them, to look up and to register")
    func acceptsAsIDN2() async throws {
        let domains = try Self.domains().filter { (try? DomainName($0)) != nil }
        try #require(domains.count >= 200)
        let names = try domains.map { try DomainName($0) }
        let labels = names.flatMap { $0.unicode.split(separator: ".") }
            .filter { !$0.unicodeScalars.allSatisfy(\.isASCII) }

        // A domain that idn2 refuses ends it.
        #expect(try await Self.idn2([], domains) == names.map(\.ascii))
        #expect(try await Self.idn2(["--decode"], names.map(\.ascii)) == names.map(\.unicode))
        #expect(try await Self.idn2(["--register"], labels.map { String($0) }).count == labels.count)
    }

    @Test("refuses what of the list idn2 does not look up, or does not register, and nothing else")
    func refusesAsIDN2() async throws {
        let domains = try Self.domains().filter { (try? DomainName($0)) == nil }
        try #require(domains.count >= 180)

        for (domain, ascii) in zip(domains, try await Self.acceptedByIDN2(domains)) {
            #expect(ascii == nil, "\(escaped(domain))")
        }
    }

    @Test(
        "follows RFC 5893 where idn2 does not: a digit first beside a label from right to left, digits of two kinds in one",
        arguments: ["אב.1a", "1a.עברית.example", "3com.מכלול.example", "אב1٢.example", "مثال1٢.example"])
    func strictlyBidirectional(_ domain: String) async throws {
        #expect(try await Self.acceptedByIDN2([domain]) != [nil])
        #expect(throws: DomainName.Fault.malformed) { try DomainName(domain) }
    }

    @Test("is read in its letters, whether it was typed in them or in Punycode")
    func unicode() throws {
        for text in ["Mail.BÜCHER.Example", "mail.xn--bcher-kva.example", "MAIL.XN--BCHER-KVA.EXAMPLE"] {
            let domain = try DomainName(text)
            #expect(domain.ascii == "mail.xn--bcher-kva.example")
            #expect(domain.unicode.utf8.elementsEqual("mail.bücher.example".utf8))
        }
        #expect(try DomainName("Plain.Example").unicode == "plain.example")
    }

    @Test("maps capital sharp s to the small letter, as Unicode's lower case has it, and final sigma to neither")
    func specialCase() throws {
        #expect(try DomainName("STRAẞE.example") == DomainName("straße.example"))
        #expect(try DomainName("strasse.example") != DomainName("straße.example"))
        #expect(try DomainName("σας.example") != DomainName("ΣΑΣ.example"))
        #expect(try DomainName("ΣΑΣ.example").ascii == "xn--mxa9ab.example")
        #expect(try DomainName("ıstanbul.example") != DomainName("istanbul.example"))
        #expect(try DomainName("İstanbul.example") != DomainName("istanbul.example"))
    }

    @Test(
        "says whether a character or its place is at fault",
        arguments: [
            ("☃.example", DomainName.Fault.forbiddenCharacter), ("a·b.example", .forbiddenCharacter),
            ("xn--n3h.example", .forbiddenCharacter), ("xn--ab-0ea.example", .forbiddenCharacter),
            ("a_b.example", .forbiddenCharacter), ("ｅx.example", .forbiddenCharacter), ("example", .malformed),
            ("", .malformed), (".", .malformed), ("a..b", .malformed), ("a.b.", .malformed), (".a.b", .malformed),
            ("-a.b", .malformed), ("a-.b", .malformed), ("ab--cd.b", .malformed), ("a.1", .malformed),
            ("127.0.0.1", .malformed), ("a.١", .malformed), ("\u{301}a.b", .malformed), ("אa.b", .malformed),
            ("xn--.b", .malformed), ("xn--plain-.b", .malformed), ("xn--bcher-kv.b", .malformed),
        ])
    func faults(_ text: String, _ fault: DomainName.Fault) {
        #expect(throws: fault) { try DomainName(text) }
    }

    @Test("holds 63 octets in a label and 253 in all, in Punycode")
    func lengths() throws {
        let longest = String(repeating: "a", count: 63)
        #expect(try DomainName("\(longest).example").ascii == "\(longest).example")
        #expect(throws: DomainName.Fault.malformed) { try DomainName("a\(longest).example") }
        // xn-- and -7ra take eight octets.
        let letters = String(repeating: "a", count: 55)
        #expect(try DomainName("\(letters)ü.example").ascii.utf8.count == 63 + 8)
        #expect(throws: DomainName.Fault.malformed) { try DomainName("a\(letters)ü.example") }
        // 150 octets of UTF-8 take fewer than 63 in Punycode, where a letter that repeats itself takes one.
        let compact = String(repeating: "例", count: 50)
        #expect(try DomainName("\(compact).example").ascii.utf8.count <= 63 + 8)
        let name = Array(repeating: String(repeating: "a", count: 49), count: 5).joined(separator: ".")
        #expect(try DomainName("\(name).abc").ascii.utf8.count == 253)
        #expect(throws: DomainName.Fault.malformed) { try DomainName("\(name).abcd") }
    }

    @Test(
        "a text of 100,000 characters is refused before it is read", arguments: ["a", "ü", "例.", "xn--a.", "\u{301}"])
    func longTexts(_ part: String) {
        #expect(throws: DomainName.Fault.malformed) { try DomainName(String(repeating: part, count: 100_000)) }
    }

    @Test("is its own name, in either form", arguments: [UInt64(41), 42])
    func isStable(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<6_000 {
            let text = "\(generator.scalar())\(generator.scalar()).\(generator.scalar())b"
            guard let domain = try? DomainName(text) else { continue }
            accepted += 1
            let message: Comment = "\(generator), \(escaped(text))"
            #expect(domain.ascii.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, message)
            for form in [domain.ascii, domain.unicode] {
                let again = try #require(try? DomainName(form), message)
                #expect(again == domain && again.unicode.utf8.elementsEqual(domain.unicode.utf8), message)
            }
        }
        #expect(accepted > 20)
    }

    /// The list, without its remarks and with what it escapes.
    private static func domains() throws -> [String] {
        let text = try TestSource.text("Tests/AuthCoreTests/Vectors/idna/domains.txt")
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            var domain = String.UnicodeScalarView()
            var rest = line.unicodeScalars[...]
            while let first = rest.popFirst() {
                guard first == "\\" else {
                    domain.append(first)
                    continue
                }
                let digits = rest.dropFirst(2).prefix { $0 != "}" }
                domain.append(try #require(UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)))
                rest = rest.dropFirst(digits.count + 3)
            }
            return String(domain)
        }
    }

    private static func idn2(_ options: [String], _ lines: [String]) async throws -> [String] {
        var command = Command(["idn2", "--quiet"] + options)
        command.input = lines.map { $0 + "\n" }.joined()
        return try await command.succeed().split(separator: "\n").map { String($0) }
    }

    /// The form in ASCII of each domain; `nil` where idn2 refuses to look it up, or to register one of its labels.
    ///
    /// Looking up alone is laxer: it maps compatibility forms, and leaves the rules about context to registries.
    private static func acceptedByIDN2(_ domains: [String]) async throws -> [String?] {
        var command = Command("sh", "-c", judge)
        for domain in domains {
            let lowered = nfc(nfc(domain).lowercased())
            let labels = lowered.unicodeScalars.split { [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"].contains($0) }
            let letters = labels.filter { !$0.allSatisfy(\.isASCII) || String($0).hasPrefix("xn--") }
            command.input += ([domain] + letters.map { String($0) }).joined(separator: "\t") + "\n"
        }
        let output = try await command.succeed()
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        try #require(lines.count == domains.count)
        return lines.map { $0.isEmpty ? nil : String($0) }
    }

    private static let judge = #"""
        tab=$(printf '\t')
        idn2 --version >/dev/null || exit
        while IFS= read -r line; do
            domain=${line%%"$tab"*}
            labels=${line#"$domain"}
            ascii=$(idn2 --quiet -- "$domain" 2>/dev/null) || ascii=""
            while [ -n "$ascii" ] && [ -n "$labels" ]; do
                labels=${labels#"$tab"}
                label=${labels%%"$tab"*}
                labels=${labels#"$label"}
                case $label in
                xn--*) label=$(idn2 --quiet --decode -- "$label" 2>/dev/null) || ascii="" ;;
                esac
                idn2 --quiet --register -- "$label" >/dev/null 2>&1 || ascii=""
            done
            printf '%s\n' "$ascii"
        done
        """#

    private static func nfc(_ text: String) -> String {
        UnicodeNormalization.nfc(text)
    }

    private func escaped(_ text: String) -> String {
        text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
    }
}
