// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// The documents that say what roles grant: the OpenAPI document and the list of routes.
struct RoleDocuments: Sendable {
    /// The roles that they name.
    let roles: RoleTable
    /// The OpenAPI document.
    let openAPI: [UInt8]
    /// The middle of the documentation pages; empty where there are none.
    let routeList: [UInt8]

    /// No documents, for a table that is not served.
    init() {
        roles = .standard
        openAPI = []
        routeList = []
    }

    /// Renders both, unless those of before name the same roles.
    init(
        of table: EndpointTable, _ configuration: HTTPConfiguration, roles: RoleTable, after previous: RoleDocuments?
    ) {
        if let previous, previous.roles == roles {
            self = previous
            return
        }
        self.roles = roles
        openAPI = OpenAPIDocument(table: table, configuration: configuration, roles: roles).json.serialized
        routeList =
            configuration.exposesDocumentation
            ? Array(RouteList(table: table, configuration: configuration, roles: roles).html.utf8) : []
    }
}
