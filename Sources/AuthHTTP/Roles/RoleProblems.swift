// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer

/// Problems of changing roles.
extension ProblemKind {
    static let roles: [ProblemKind] = [.roleBuiltIn, .roleFromFile, .roleHeld, .roleReserved, .tooManyRoles]

    package static let roleBuiltIn = ProblemKind(
        code: "role_built_in", status: .conflict, title: "Built-in role",
        detail: "The role admin cannot be changed, and the roles of the program itself cannot be removed.",
        advice: "`admin` grants everything. `user` and `guest` can be given other permissions.")

    package static let roleFromFile = ProblemKind(
        code: "role_from_file", status: .conflict, title: "Role of a file",
        detail: "The role is defined in the operator's file and changed only there.",
        advice: "The operator changes the file that `ROLES_FILE` names; the daemon reads it again by itself.")

    package static let roleHeld = ProblemKind(
        code: "role_held", status: .conflict, title: "Role in use",
        detail: "Users hold the role, so it cannot be removed.",
        advice: "Give its holders another role first; `GET /users?role=` lists them.")

    package static let roleReserved = ProblemKind(
        code: "role_reserved", status: .conflict, title: "Reserved role",
        detail: "No role can have this name.",
        advice:
            "`service_role`, `supabase_admin`, `anon`, `authenticated` and `postgres` mean something else to clients of "
            + "Supabase and to PostgreSQL. Choose another name.")

    package static let tooManyRoles = ProblemKind(
        code: "too_many_roles", status: .conflict, title: "Too many roles",
        detail: "At most 100 roles can be defined.",
        advice: "Remove roles that no user holds, or grant permissions to users beside their role.")

    /// The problem of a change of roles that is rejected.
    init(_ refusal: RoleChangeRefusal) {
        switch refusal {
        case .notFound: self = .notFound
        case .builtIn: self = .roleBuiltIn
        case .fromFile: self = .roleFromFile
        case .held: self = .roleHeld
        case .reserved: self = .roleReserved
        case .tooMany: self = .tooManyRoles
        }
    }
}
