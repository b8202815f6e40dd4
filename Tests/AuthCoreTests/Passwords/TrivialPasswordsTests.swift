// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

@testable import AuthCore

@Suite("Trivial passwords") struct TrivialPasswordsTests {
    @Test(
        "one character repeated is trivial",
        arguments: [
            "aaaaaaaa", "AaAaAaAaAaAa", "00000000000000000000", "!!!!!!!!!!!!", "ééééééééé", "中中中中中中中中", "😀😀😀😀😀😀😀😀😀",
            "aaaaaaaaaaaaaaaaaaaa1", "zzzzzzzzzzzzXk9", "a a a a a a a a", "a-a-a-a-a-a-a-a", "aaaaaaaabbbbbbbb",
            "111111222222333333",
        ])
    func repeated(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    @Test(
        "blanks only are trivial, and so is what cannot be seen",
        arguments: [
            "        ", "\t\t\t\t\t\t\t\t", " \u{A0}\u{2003}\u{3000} \t\n ",
            "\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}\u{3164}",
            "\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}\u{200B}\u{200B}\u{200B}",
        ])
    func blanks(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    @Test(
        "a sequence is trivial, up or down, in any alphabet, and also where it begins anew",
        arguments: [
            "abcdefghijkl", "ABCDEFGHIJKLMNOP", "zyxwvutsrqponm", "stuvwxyzabcdef", "cbazyxwvuts", "0123456789",
            "9876543210",
            "7890123456789", "3210987654321", "12345678901234567890123456789012345678901234567890", "123123412345",
            "1234512345123",
            "abcdabcdeabcdef", "aabbccddeeff", "112233445566", "abcd1234efgh5678", "abcdefgh1!", "1234abcd!",
            "abc123def456",
            "a1b2c3d4e5f6", "1a2b3c4d5e6f", "z9y8x7w6v5", "a1a2a3a4a5a6", "абвгдежзийкл", "αβγδεζηθικ", "אבגדהוזחט",
            "あぃいぅうぇえぉお",
            "٠١٢٣٤٥٦٧٨٩", "1-2-3-4-5-6-7-8-9", "a b c d e f g h", "1357913579", "2468024680", "abcdefghijxy",
        ])
    func sequences(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    @Test(
        "keys that lie together are trivial, on every usual keyboard and on a numeric pad",
        arguments: [
            "qwertyuiop", "poiuytrewq", "asdfghjkl;'", "zxcvbnm,./", "QwErTyUiOp[]", "qwertzuiopü", "asdfghjklöä",
            "yxcvbnm,.-",
            "azertyuiop", "qsdfghjklm", "wxcvbn,;:!", "йцукенгшщз", "фывапролдж", "qwertyasdfgh", "qwertyuiopasdfghjkl",
            "asdfghjkl12345", "qwerty12345678", "1qaz2wsx3edc4rfv", "1QAZ2WSX3EDC", "!QAZ@WSX#EDC", "qazwsxedcrfv",
            "zaq12wsxcde3",
            "zaq1xsw2cde3", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "1qazxsw23edc", "qazxswedcvfr", "qaywsxedcrfv", "aqwzsxedc",
            "aqwsderfgtyh",
            "!@#$%^&*()_+", "!\"§$%&/()=", "&é\"'(-è_çà", "789456123", "741852963", "147258369", "7894561230",
            "963852741", "159357159357",
            "qwerty qwerty qwerty", "asdf-asdf-asdf", "qwertyuiop!", "1qaz2wsx!", "zxcvbnm1",
        ])
    func keyboards(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    @Test(
        "a short pattern repeated is trivial, padded or cut off too",
        arguments: [
            "abcabcabc", "k7xk7xk7x", "k7xk7xk7xk", "k7x9q2k7x9q2", "k7x9q2mk7x9q2m", "xyxyxyxyxyxy", "abcabcabc!",
            "2024abcabcabc",
            "k7x k7x k7x k7x", "!k7xk7xk7xk7x9", "lol lol lol lol", "hahahahahaha", "$1$1$1$1$1", "😀🎈😀🎈😀🎈😀🎈",
            "abcdefghijklabcdefghijkl", "password1password1", "qwertyuiop1qwertyuiop1",
        ])
    func patterns(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    @Test(
        "a common word repeated or padded is trivial, in front, behind and between",
        arguments: [
            "passwordpassword", "password password password", "monkey-monkey-monkey", "dragon1dragon2",
            "password123456789",
            "Password2024!", "PASSWORD!!!!!!!!!!!!!!!!!!!!", "   password   ", "!!!password!!!", "2024password2024",
            "12345678monkey",
            "monkey12345678901234567890", "summer2024!", "Summer-2024-!", "welcome@2025", "$dragon$dragon$",
            "qwerty2024!",
            "letmein_19871231", "P@ssw0rd2024!", "p4$$w0rd!1", "$unsh1ne99!", "@dmin12345", "Adm1n!Adm1n!",
            "s u m m e r 2 0 2 4",
            "p.a.s.s.w.o.r.d.1", "football!@#$%^&*()", "test------------", "iloveyou........",
        ])
    func words(_ text: String) throws {
        #expect(try TrivialPasswords.contains(Password(text)))
    }

    // ASVS 6.2.4
    @Test("every common password stays one when it is padded or repeated")
    func paddedList() throws {
        let words = CommonPasswords.shortWords.all + CommonPasswords.all
        // A part of the list: without optimization each takes a millisecond.
        for (index, word) in words.enumerated() where index.isMultiple(of: 151) {
            let padded = word.allSatisfy(\.isLetter) ? [word + "!2024", "1." + word + "!!"] : []
            for text in [word + word, word + "-" + word, "  \(word)"] + padded {
                let isTrivial = try TrivialPasswords.contains(Password(text))
                #expect(isTrivial, "\(text)")
            }
        }
    }

    @Test(
        "what only looks like it is not trivial",
        arguments: [
            "correct horse battery staple", "correcthorsebatterystaple", "monkey dragon", "password for monkeys",
            "secure_password",
            "SecurePass123", "NewSecurePass123", "ResetPass123", "secretpass123", "Ab3$efgh", "kT9#mQ2x",
            "zkwmfpqazkwmfpqa",
            "kT9#mQ2xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "kT9#mQ2x12345678901234567890", "83659201746382910472",
            "qwerty keyboards are old",
            "an abc of botany", "aabbccddxkcd-piano", "three blind mice", "tree-street-sweet", "käse 9 brot",
            "john.smith-eats-lemons",
            "monkey7391052846", "hahaha that was funny", "xkcd-936-is-a-comic", "2024-03-17 was a Sunday",
            "1234 elm street, springfield",
            "中文密码很安全的", "😀🎈🐳🌵🍋🎻🚲9", "Мой дядя самых честных правил", "f3a9c1d07be8", "0a1b9c7d3e8f2465",
            "gfedcba-to-the-moon",
        ])
    func strong(_ text: String) throws {
        #expect(try !TrivialPasswords.contains(Password(text)))
    }

    @Test("passphrases of random words are not trivial, whatever joins them", arguments: [UInt64(51), 52])
    func passphrases(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let words = (0..<Int.random(in: 3...7, using: &generator)).compactMap { _ in
                Self.words.randomElement(using: &generator)
            }
            // Three words and more, of which two at least differ.
            guard Set(words).count > 1 else { continue }
            let joint = ["", " ", "-", ".", "_", "1", "!", "42"].randomElement(using: &generator) ?? ""
            var text = words.joined(separator: joint)
            if Bool.random(using: &generator) { text = text.capitalizedFirst }
            if Bool.random(using: &generator) { text += "\(Int.random(in: 0...9_999, using: &generator))!" }
            let isTrivial = try TrivialPasswords.contains(Password(text))
            #expect(!isTrivial, "\(generator), \(text)")
        }
    }

    @Test(
        "random passwords are not trivial, whatever their alphabet",
        arguments: [
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", "abcdefghijklmnopqrstuvwxyz",
            "0123456789abcdef",
            "abcdefghijklmnopqrstuvwxyz234567",
            "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz",
        ])
    func random(_ alphabet: String) throws {
        var generator = SeededGenerator(seed: 53)
        let characters = Array(alphabet)
        for _ in 0..<250 {
            let text = (0..<Int.random(in: 12...43, using: &generator)).compactMap { _ in
                characters.randomElement(using: &generator)
            }
            let isTrivial = try TrivialPasswords.contains(Password(String(text)))
            #expect(!isTrivial, "\(generator), \(String(text))")
        }
    }

    @Test(
        "a strong password stays one, whatever trivial is put behind it",
        arguments: ["aaaaaaaaaaaaaaaa", "123456789012", "qwertyuiop"])
    func strongBeginning(_ end: String) throws {
        for start in ["kT9#mQ2x", "Vw4!zRp8Lc", "sofa-lemon-crater "] {
            #expect(try !TrivialPasswords.contains(Password(start + end + end)))
        }
    }

    @Test(
        "the longest passwords are judged, by every rule",
        arguments: ["a", "ab", "abc1", "1qaz", "4", "$", "password", "p@", "z9"])
    func longest(_ part: String) throws {
        let text = String(repeating: part, count: Password.maximumBytes / part.utf8.count)
        #expect(try TrivialPasswords.contains(Password(text)))
        // A common word, and then nothing but what is no padding of it.
        #expect(try !TrivialPasswords.contains(Password("monkey" + String(text.dropFirst(32)) + "kfrvxt-zbnqow")))
    }

    /// Words of three to nine letters, some of them common passwords, some with keys or letters that follow each other.
    static let words = [
        "abacus", "acorn", "agile", "album", "amber", "anchor", "apple", "arctic", "atlas", "autumn", "badge", "bagel",
        "banjo",
        "barrel", "basil", "beacon", "bishop", "blanket", "blossom", "boulder", "bridge", "bronze", "bucket", "butter",
        "cabin",
        "cactus", "camera", "candle", "canyon", "carbon", "castle", "cedar", "cherry", "chisel", "cinema", "clover",
        "cobalt",
        "coffee", "comet", "copper", "coral", "cotton", "crater", "cricket", "crystal", "daisy", "deft", "desert",
        "diesel",
        "dolphin", "dragon", "drift", "eagle", "easel", "echo", "elbow", "ember", "engine", "fabric", "falcon",
        "feather",
        "fender", "fiddle", "fig", "first", "flannel", "flint", "forest", "fossil", "galaxy", "garden", "garlic",
        "gecko", "ginger",
        "glacier", "goblet", "gravel", "hammer", "harbor", "hazel", "hermit", "hijack", "honey", "hope", "ivory",
        "jacket",
        "jasmine", "jungle", "kettle", "kiwi", "ladder", "lagoon", "lantern", "lemon", "linen", "lizard", "lobster",
        "magnet",
        "mango", "maple", "marble", "meadow", "monkey", "mosaic", "muffin", "nectar", "needle", "nickel", "noodle",
        "oak",
        "oasis", "olive", "onion", "orbit", "orchid", "otter", "oxygen", "paddle", "panther", "papaya", "parcel",
        "pebble", "pepper",
        "piano", "pickle", "pilot", "plasma", "pocket", "poplar", "prairie", "property", "puzzle", "quartz", "quilt",
        "rabbit", "radish",
        "raven", "reed", "ribbon", "river", "rocket", "saddle", "salmon", "sandal", "satin", "saturn", "secret",
        "shadow", "silver",
        "sofa", "sparrow", "spruce", "stone", "student", "summer", "sunset", "tablet", "tango", "thistle", "thunder",
        "tiger",
        "timber", "tomato", "treasure", "tulip", "tunnel", "turnip", "umbrella", "velvet", "violin", "walnut", "water",
        "were", "willow",
        "winter", "wizard", "yellow", "zebra", "zephyr", "zinc",
    ]
}

extension String {
    fileprivate var capitalizedFirst: String {
        prefix(1).uppercased() + dropFirst()
    }
}
