// SPDX-License-Identifier: Apache-2.0

/// A mail server's user and password; shown nowhere.
public struct SMTPCredentials: Sendable {
    let user: String
    let password: String

    /// Takes the two as the server's operator gave them.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    var isUsable: Bool {
        !user.isEmpty && !(user + password).utf8.contains { $0 == 0 || $0 == 0x0A || $0 == 0x0D }
    }

    /// Every spelling of the password that this client sends: bare for LOGIN and PLAIN's encodings of it.
    var sentForms: [String] {
        [
            password, Base64.encode(Array(password.utf8)),
            Base64.encode(Array("\0\(user)\0\(password)".utf8)),
        ]
    }
}

extension SMTPCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SMTPCredentials(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
