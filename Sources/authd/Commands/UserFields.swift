// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// What an operator says of a new user, checked.
struct UserFields: Hashable, Sendable {
    let username: Username?
    let email: EmailAddress?
    let fullName: FullName?
    let role: Role

    /// - Throws: `.usage` with the option that is refused.
    init(username: String?, email: String?, fullName: String?, role: String) throws(CommandFailure) {
        self.username = try Self.value("--username", username) { (text) throws(ValidationError) in try Username(text) }
        self.email = try Self.value("--email", email) { (text) throws(ValidationError) in try EmailAddress(text) }
        self.fullName = try Self.value("--full-name", fullName) { (text) throws(ValidationError) in try FullName(text) }
        self.role = try Self.role(role)
    }

    /// The user to be made of it.
    func draft(password: Password, isVerified: Bool) -> UserDraft {
        UserDraft(
            username: username, email: email, fullName: fullName, password: password, role: role, isVerified: isVerified
        )
    }

    /// Reads the name of a role, which need not be defined.
    static func role(_ text: String) throws(CommandFailure) -> Role {
        guard let role = Role(text) else { throw CommandFailure(.usage, "--role is the name of no role.") }
        return role
    }

    private static func value<Value>(
        _ option: String, _ text: String?, _ parser: (String) throws(ValidationError) -> Value
    ) throws(CommandFailure) -> Value? {
        guard let text else { return nil }
        do throws(ValidationError) {
            return try parser(text)
        } catch {
            throw CommandFailure(.usage, "Invalid \(option): \(error.message)")
        }
    }
}
