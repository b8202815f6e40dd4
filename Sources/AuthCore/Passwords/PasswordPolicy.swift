// SPDX-License-Identifier: Apache-2.0

/// The rules for new passwords; not applied at sign-in.
public struct PasswordPolicy: Hashable, Sendable {
    /// When a password needs a digit and a symbol; raw values are those of the setting `PASSWORD_COMPOSITION`.
    public enum Composition: String, CaseIterable, Hashable, Sendable {
        /// Below ``PasswordPolicy/compositionLength`` code points.
        case short
        /// At any length.
        case always
        /// Never, as NIST SP 800-63B and ASVS 6.2.5 have it.
        case off
    }

    /// The fewest code points.
    public var minimumLength: Int
    /// The most bytes of UTF-8; ``Password`` itself holds no more than 1,024.
    public var maximumBytes: Int
    /// When digits and symbols are required.
    public var composition: Composition
    /// From how many code points on ``Composition/short`` requires nothing.
    public var compositionLength: Int
    /// Words that stand for the service, compared without regard to case; those under four code points do not count.
    public var productWords: [String]

    /// Sets the rules; the defaults are those of the daemon.
    public init(
        minimumLength: Int = 8, maximumBytes: Int = Password.maximumBytes, composition: Composition = .short,
        compositionLength: Int = 12, productWords: [String] = ["authd"]
    ) {
        self.minimumLength = minimumLength
        self.maximumBytes = maximumBytes
        self.composition = composition
        self.compositionLength = compositionLength
        self.productWords = productWords
    }

    /// Every rule that a password violates, in a constant order; none means that it may be set.
    ///
    /// A password that is too short, common or built from a known word is not called trivial too: it is told what is wrong.
    ///
    /// Cost: a few passes over the password, one for each word of the context, and binary searches; no hashing.
    public func violations(of password: Password, context: PasswordContext = .init()) -> [PasswordViolation] {
        var violations: [PasswordViolation] = []
        let length = password.codePointCount
        var isNamed = length < minimumLength
        if length < minimumLength { violations.append(.tooShort(minimum: minimumLength)) }
        if password.byteCount > maximumBytes { violations.append(.tooManyBytes(maximum: maximumBytes)) }
        if requiresComposition(length) {
            let scalars = password.text.unicodeScalars
            if !scalars.contains(where: { $0.properties.generalCategory == .decimalNumber }) {
                violations.append(.missingDigit)
            }
            if scalars.allSatisfy(\.isWordPart) { violations.append(.missingSymbol) }
        }
        if CommonPasswords.contains(password) {
            violations.append(.common)
            isNamed = true
        }
        let words = GuessableWords(context.texts(productWords: productWords))
        let sources = words.sources(of: password)
        violations += sources.map(PasswordViolation.builtFrom)
        if !isNamed, sources.isEmpty, TrivialPasswords.contains(password) { violations.append(.trivial) }
        return violations
    }

    private func requiresComposition(_ length: Int) -> Bool {
        switch composition {
        case .short: length < compositionLength
        case .always: true
        case .off: false
        }
    }
}
