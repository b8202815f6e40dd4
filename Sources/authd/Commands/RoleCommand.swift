// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd role`: what each role grants.
struct RoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Lists, defines and removes roles.", discussion: SettingOptions.note,
        subcommands: [ListCommand.self, SetCommand.self, RemoveCommand.self])

    /// `authd role list`: a row for each role.
    struct ListCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the roles and what they grant.", discussion: ListingOptions.note)

        @OptionGroup var settings: SettingOptions
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                let table = service.roles.table
                listing.show(
                    table.roles.map { Self.row($0, in: table) },
                    columns: ["name", "permissions", "origin", "description"])
            }
        }

        private static func row(_ role: Role, in table: RoleTable) -> Record {
            Record([
                "name": .text(role.name), "permissions": .list(table.scope(of: role).permissions.map(\.name)),
                "origin": .optional(table.origin(of: role)?.rawValue),
                "description": .text(table.description(of: role).text),
                "updated_at": .optional(table.updatedAt(of: role)),
            ])
        }
    }

    /// `authd role set`: makes or changes a role.
    struct SetCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Defines a role, or changes what it grants.",
            discussion: """
                The permissions replace those of before; without any the role keeps them, and with --nothing it grants none. \
                Every running daemon knows within a second; a holder gets more with the next access token, and less from the \
                next request on. A role of ROLES_FILE is changed in that file, and admin grants everything.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The name of the role.")
        var role: String
        @Argument(help: "What the role grants, such as notes:write; notes covers notes:write.")
        var permissions: [String] = []
        @Option(help: "What the role is for.")
        var description: String?
        @Flag(help: "Leaves the role without permissions.")
        var nothing = false

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let role = try UserFields.role(role)
            guard permissions.isEmpty || !nothing else {
                throw CommandFailure(.usage, "Give permissions or --nothing, not both.")
            }
            let granted = try PermissionArguments.scope(permissions)
            let text = try description.map { (text) throws(CommandFailure) in try Self.description(text) }
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let table = service.roles.table
                guard table.defines(role) || nothing || !permissions.isEmpty else {
                    throw CommandFailure(.usage, "The role \(role) is new: give its permissions, or --nothing.")
                }
                let definition = try Self.definition(
                    role, text ?? table.description(of: role),
                    permissions.isEmpty && !nothing ? table.scope(of: role) : granted)
                try await CommandFailure.wording { () throws(AuthError) in
                    _ = try await service.roles.define(definition, by: .commandLine, from: ClientContext())
                }
                let names = definition.permissions.permissions.isEmpty ? "nothing" : "\(definition.permissions)"
                StandardStream.output.line("\(role) grants \(names); takes effect within a second.")
            }
        }

        private static func description(_ text: String) throws(CommandFailure) -> RoleDescription {
            do throws(AuthCore.ValidationError) {
                return try RoleDescription(text)
            } catch {
                throw CommandFailure(.usage, "Invalid --description: \(error.message)")
            }
        }

        private static func definition(
            _ role: Role, _ description: RoleDescription, _ permissions: Scope
        ) throws(CommandFailure) -> RoleDefinition {
            guard role != .admin else { throw CommandFailure(AuthError.roleRefused(.builtIn)) }
            do throws(PermissionListFault) {
                return try RoleDefinition(role, description: description, permissions: permissions)
            } catch {
                throw CommandFailure(.usage, error.message)
            }
        }
    }

    /// `authd role remove`: takes a role away that no user holds.
    struct RemoveCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Removes a role that no user holds.",
            discussion: "`authd user list --role NAME` lists its holders; `authd user set-role` gives them another one."
        )

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The name of the role.")
        var role: String

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let role = try UserFields.role(role)
            try await UserCommand.withService(invocation) { (service) throws(AuthError) in
                try await service.roles.remove(role, by: .commandLine, from: ClientContext())
                StandardStream.output.line("\(role) is removed; takes effect within a second.")
            }
        }
    }
}

/// The permissions that a command was given.
enum PermissionArguments {
    /// - Throws: `.usage` for names that can be given neither to a role nor to a user.
    static func scope(_ names: [String]) throws(CommandFailure) -> Scope {
        do throws(PermissionListFault) {
            return try Scope(granting: names)
        } catch {
            guard case .malformed(let name, _) = error else { throw CommandFailure(.usage, error.message) }
            throw CommandFailure(
                .usage, "\(SettingReader.quoted(name)) is no permission: write names such as notes:write.")
        }
    }
}
