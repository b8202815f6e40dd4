// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Misconfigurations")
struct MisconfigurationTests {
    private static let cases = Dictionary(
        uniqueKeysWithValues: Setting.all.map { ($0.key, Misconfiguration.all(of: $0)) })

    /// Read once for all tests: each is a start's reading of all settings.
    private static func cases(of setting: Setting) -> [Misconfiguration] { cases[setting.key] ?? [] }

    @Test(
        "every setting of the table has examples of its own, or is listed as one that needs none",
        arguments: Setting.all)
    func areTold(_ setting: Setting) {
        #expect(
            MisconfigurationExamples.tell(of: setting.key),
            "\(setting.key.rawValue) is in no table of MisconfigurationExamples")
    }

    @Test(
        "every setting stops or warns where it is empty, misspelt, junk and, where it has bounds or words, out of them",
        arguments: Setting.all)
    func kinds(_ setting: Setting) {
        let cases = Self.cases(of: setting)
        let kinds = Set(cases.map(\.kind))
        var expected: Set<Misconfiguration.Kind> = [.empty, .misspelt]
        let own = MisconfigurationExamples.of(setting.key)
        switch setting.kind {
        case .flag, .choice: expected.formUnion([.junk, .near])
        case .integer: expected.formUnion([.junk, .outOfRange])
        case .text, .list: if !own.takesAnyText { expected.insert(.junk) }
        }
        #expect(kinds.isSuperset(of: expected), "missing: \(expected.subtracting(kinds))")
        let isIndependent = MisconfigurationExamples.independent.contains(setting.key)
        #expect(isIndependent == (kinds.isDisjoint(with: [.conflicting, .unreachable]) && own.junk.isEmpty))
    }

    @Test("no example is passed over in silence", arguments: Setting.all)
    func allSpeak(_ setting: Setting) {
        let own = MisconfigurationExamples.of(setting.key)
        let cases = Self.cases(of: setting)
        for (kind, examples) in [
            (Misconfiguration.Kind.junk, own.junk), (.outOfRange, own.outOfRange), (.near, own.near),
            (.conflicting, own.conflicting),
        ] {
            for example in examples {
                let variables = example.variables(of: setting.key)
                #expect(
                    cases.contains { $0.kind == kind && $0.variables == variables }, "\(kind.rawValue): \(variables)")
            }
        }
    }

    @Test("each is answered in one sentence that names the setting and says what to do", arguments: Setting.all)
    func sentences(_ setting: Setting) {
        for misconfiguration in Self.cases(of: setting) {
            let sentence = misconfiguration.sentence
            #expect(sentence.contains(setting.key.rawValue), "\(sentence)")
            #expect(sentence.hasSuffix("."), "\(sentence)")
            #expect(!sentence.contains(". ") && !sentence.contains("\n"), "\(sentence)")
            // Behind the fault stands what to do: after a colon or a semicolon, or as the form of a good value.
            let remedy = sentence.contains(#/[;:] |, as |such as /#)
            #expect(remedy, "\(sentence)")
            #expect(sentence.utf8.count < 420, "\(sentence)")
        }
    }

    @Test("an example says one thing about its setting", arguments: Setting.all)
    func once(_ setting: Setting) {
        for misconfiguration in Self.cases(of: setting) where misconfiguration.kind != .unreachable {
            let said = Misconfiguration.sentences(misconfiguration.variables)
            #expect((said.problems + said.warnings).count { $0 == misconfiguration.sentence } == 1)
        }
    }

    @Test("no sentence repeats a secret, and no value brings a control character along")
    func secrets() {
        let secret = Set(Setting.all.filter { $0.confidentiality == .secret }.map(\.key.rawValue))
        for misconfiguration in Self.cases.values.joined() {
            for variable in misconfiguration.variables
            where secret.contains(variable.name) && variable.value.utf8.count > 2 {
                #expect(!misconfiguration.sentence.contains(variable.value), "\(misconfiguration.sentence)")
            }
            #expect(misconfiguration.sentence.utf8.allSatisfy { $0 >= 0x20 }, "\(misconfiguration.sentence)")
        }
    }

    @Test("a near value is named in the sentence", arguments: Setting.all)
    func nearValues(_ setting: Setting) {
        for misconfiguration in Self.cases(of: setting) where misconfiguration.kind == .near {
            let named = misconfiguration.sentence.contains(#/may be meant|such as|three slashes/#)
            #expect(named, "\(misconfiguration.sentence)")
        }
    }
}
