// SPDX-License-Identifier: Apache-2.0

/// The user's names and address, from which a password must not be built.
public struct PasswordContext: Hashable, Sendable {
    /// The user's name to sign in with.
    public var username: Username?
    /// The user's address.
    public var email: EmailAddress?
    /// The user's name as shown.
    public var fullName: FullName?

    /// Gathers what is known; nothing is required.
    public init(username: Username? = nil, email: EmailAddress? = nil, fullName: FullName? = nil) {
        self.username = username
        self.email = email
        self.fullName = fullName
    }

    /// The texts that a password may be built from, by the reason that is given.
    func texts(productWords: [String]) -> [(source: PasswordViolation.Source, text: String)] {
        var texts: [(source: PasswordViolation.Source, text: String)] = []
        if let username { texts.append((.username, username.canonical)) }
        if let email {
            let domain = email.domain.unicode
            texts.append((.email, "\(email.localPart)@\(domain)"))
            texts.append((.email, String(email.localPart)))
            for label in domain.split(separator: ".").dropLast() { texts.append((.email, String(label))) }
        }
        if let fullName { texts.append((.fullName, fullName.text)) }
        for word in productWords { texts.append((.product, word)) }
        return texts
    }
}
