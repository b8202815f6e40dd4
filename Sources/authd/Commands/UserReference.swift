// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

/// A user as an operator names them.
enum UserReference: Hashable, Sendable {
    case id(UserID)
    case identifier(Identifier)

    /// Reads an id, an address or a username.
    init(_ text: String) throws(CommandFailure) {
        if let id = UserID(parsing: text) {
            self = .id(id)
            return
        }
        do throws(ValidationError) {
            self = .identifier(try Identifier(parsing: text))
        } catch {
            throw CommandFailure(.usage, "Not a username, an email address or an id: \(error.message)")
        }
    }

    /// Finds the user.
    func user(in service: AuthService) async throws(AuthError) -> User {
        switch self {
        case .id(let id): try await service.users.user(withID: id)
        case .identifier(let identifier): try await service.users.user(identifiedBy: identifier)
        }
    }

    /// The id of the user, who need not exist any more where an id was given.
    func id(in service: AuthService) async throws(AuthError) -> UserID {
        switch self {
        case .id(let id): id
        case .identifier: try await user(in: service).id
        }
    }
}
