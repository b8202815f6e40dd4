// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthHTTP
import AuthPages
import AuthService

/// `authd openapi`: the description of the HTTP interface, as the daemon would serve it.
struct OpenAPICommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Prints the OpenAPI document; does not connect to the database.")

    @OptionGroup var settings: SettingOptions

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        var configuration = try invocation.configuration()
        configuration.http.exposesDocumentation = true
        let pages = ActionEndpoints(
            reference: .described, configuration: configuration.http, absent: configuration.mail.absentPages)
        let document = AuthAPI.openAPI(configuration.http, roles: configuration.service.roles, beside: [pages])
        StandardStream.output.write(document + [UInt8(ascii: "\n")])
    }
}
