// SPDX-License-Identifier: Apache-2.0

/// Recognises secrets that only look like some: examples, phrases and patterns.
///
/// Passing says nothing about how a secret was drawn; failing says that it was not drawn at random.
enum SecretStrength {
    /// What is wrong with a secret.
    enum Weakness: Hashable, Sendable {
        /// It has fewer bytes than its use needs.
        case tooShort(minimum: Int)
        /// It is printed in a tutorial or a template.
        case published
        /// It has the words of a placeholder.
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
        let lowered = secret.lowercased()
        let bytes = Array(lowered.utf8)
        // Before the length, so that an operator who copied an example is told that and not to make it longer.
        if published.contains(where: { lowered.contains($0) }) { return .published }
        if words.contains(where: { lowered.contains($0) }) { return .placeholder }
        guard secret.utf8.count >= minimumBytes else { return .tooShort(minimum: minimumBytes) }
        let isPattern = Set(bytes).count < 8 || isPeriodic(bytes) || isMostlyCounting(bytes)
        return isPattern ? .pattern : nil
    }

    /// The keys of widely copied tutorials, in lower case.
    private static let published = [
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "change-this-to-a-random-secret-key-in-production",
        "your-secret-key-here",
        "your-256-bit-secret",
        "your-generated-secret-key-here",
        "production-secret-key",
    ]

    /// Long enough not to stand in random base64.
    private static let words = [
        "change", "your-", "your_", "secret", "example", "password", "replace", "default", "placeholder", "production",
        "development", "insecure", "testing",
    ]

    /// Whether the whole is a shorter text again and again.
    private static func isPeriodic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 2 else { return true }
        return (1...bytes.count / 2).contains { period in
            zip(bytes, bytes.dropFirst(period)).allSatisfy(==)
        }
    }

    /// Whether most characters are the one before, or its neighbour.
    private static func isMostlyCounting(_ bytes: [UInt8]) -> Bool {
        let steps = zip(bytes, bytes.dropFirst()).count { abs(Int($0) - Int($1)) <= 1 }
        return 2 * steps > bytes.count
    }
}
