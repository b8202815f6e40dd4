// SPDX-License-Identifier: Apache-2.0

/// Recognises secrets that only look like some: examples, placeholders and patterns.
///
/// Passing says nothing about how a secret was drawn; failing says that it was not drawn at random. A secret is judged by what
/// cannot be foretold in it: words are no fault beside enough of that.
enum SecretStrength {
    /// What is wrong with a secret.
    enum Weakness: Hashable, Sendable {
        /// It has fewer bytes than its use needs.
        case tooShort(minimum: Int)
        /// It is printed in a tutorial or a template.
        case published
        /// It has the words of a placeholder and little else.
        case placeholder
        /// It repeats itself, counts up, or has too few different characters.
        case pattern

        /// The rest of a sentence that begins with the setting's name.
        var predicate: String {
            switch self {
            case .tooShort(let minimum): "is shorter than \(minimum) bytes; \(Self.advice)"
            case .published: "is a published example; \(Self.advice)"
            case .placeholder: "is a placeholder, not a secret; \(Self.advice)"
            case .pattern: "follows a pattern that can be guessed; \(Self.advice)"
            }
        }

        private static let advice = "make one with `openssl rand -hex 32`."
    }

    /// The first weakness of a secret; `nil` where none is seen.
    static func weakness(of secret: String, minimumBytes: Int) -> Weakness? {
        let bytes = Array(secret.lowercased().utf8)
        // Before the length, so that an operator who copied an example is told that and not to make it longer.
        if isPublished(bytes) { return .published }
        if isPlaceholder(secret) { return .placeholder }
        guard secret.utf8.count >= minimumBytes else { return .tooShort(minimum: minimumBytes) }
        let isPattern =
            Set(bytes).count < 8 || isPeriodic(bytes)
            || surprises(in: bytes) < max(8, min(enough, bytes.count / 2))
        return isPattern ? .pattern : nil
    }

    /// As many characters that cannot be foretold are enough, whatever stands beside them: 64 bits in hexadecimal.
    private static let enough = 16

    /// Whether it is an example of the list, written with other punctuation or with a little around it.
    private static func isPublished(_ bytes: [UInt8]) -> Bool {
        let letters = bytes.filter(isLetterOrDigit)
        return published.contains { example in
            letters.count < example.count + enough && contains(example, in: letters)
        }
    }

    /// The examples of widely copied documents, letters and digits alone, in lower case.
    private static let published: [[UInt8]] = [
        // FastAPI's tutorial and templates.
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        // Flask's tutorial.
        "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
        // RFC 7515, appendix A.1.
        "AyM1SysPpbyDfZld3umj1qzKObwVMkoQQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        // Tutorials on Spring Security.
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
        // jwt.io.
        "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret", "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long",
        // Supabase.
        "super-secret-jwt-token-with-at-least-32-characters-long",
        // NestJS.
        "DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.",
        "change-this-to-a-random-secret-key-in-production", "your-secret-key-here", "your-generated-secret-key-here",
        "production-secret-key", "django-insecure-",
        // The command that makes a secret, instead of its output.
        "openssl rand -hex 32", "openssl rand -base64 32",
    ].map { $0.lowercased().utf8.filter(isLetterOrDigit) }

    /// Whether its words are those of instructions and examples, and hardly anything is left without them.
    private static func isPlaceholder(_ secret: String) -> Bool {
        let parts = words(of: Array(secret.utf8))
        guard parts.contains(where: placeholders.contains) else { return false }
        return parts.filter { !placeholders.contains($0) }.reduce(0) { $0 + $1.utf8.count } < 8
    }

    /// The runs of letters and the runs of digits, in lower case; a capital behind a small letter begins another one.
    private static func words(of bytes: [UInt8]) -> [String] {
        var words: [[UInt8]] = []
        var last: UInt8 = 0
        for byte in bytes {
            let continues =
                isDigit(byte) && isDigit(last) || isLetter(byte) && isLetter(last) && !(isSmall(last) && !isSmall(byte))
            if isLetterOrDigit(byte) {
                if continues { words[words.count - 1].append(byte) } else { words.append([byte]) }
            }
            last = byte
        }
        return words.map { String(decoding: $0, as: UTF8.self).lowercased() }
    }

    private static let placeholders: Set<String> = [
        "a", "an", "and", "any", "api", "at", "authd", "base", "battery", "be", "better", "bit", "bits", "bytes",
        "change",
        "changeit", "changeme", "changethis", "character", "characters", "correct", "default", "dev", "development",
        "do",
        "dont", "dummy", "edit", "enter", "env", "example", "fake", "fill", "foo", "for", "generate", "generated",
        "goes",
        "here", "hex", "horse", "i", "in", "insecure", "insert", "is", "it", "jwt", "key", "least", "length", "local",
        "long",
        "me", "minimum", "must", "my", "new", "no", "not", "of", "or", "own", "pass", "passphrase", "password",
        "passwd",
        "placeholder", "please", "prod", "production", "put", "random", "real", "replace", "replaceme", "root", "s",
        "safe",
        "sample", "secret", "secretkey", "secrets", "secure", "set", "should", "some", "something", "staple", "strong",
        "super", "supersecret", "t", "temp", "temporary", "test", "testing", "than", "that", "the", "this", "to",
        "todo",
        "token", "use", "value", "very", "with", "xxx", "your", "yours",
    ]

    /// Whether the whole is a shorter text again and again.
    private static func isPeriodic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return true }
        return (1...bytes.count / 2).contains { period in
            zip(bytes, bytes.dropFirst(period)).allSatisfy(==)
        }
    }

    /// How many characters are neither the one before, nor its neighbour, nor the end of four that came before.
    private static func surprises(in bytes: [UInt8]) -> Int {
        var seen: Set<[UInt8]> = []
        var count = 0
        for index in bytes.indices {
            let isNeighbour = index > 0 && abs(Int(bytes[index]) - Int(bytes[index - 1])) <= 1
            let isRepeated = index >= 3 && !seen.insert(Array(bytes[(index - 3)...index])).inserted
            if !isNeighbour, !isRepeated { count += 1 }
        }
        return count
    }

    private static func contains(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        return (0...bytes.count - needle.count).contains { start in
            bytes[start] == first && bytes[start...].starts(with: needle)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isSmall(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { isSmall(byte | 0x20) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}
