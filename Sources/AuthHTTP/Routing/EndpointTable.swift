// SPDX-License-Identifier: Apache-2.0

internal import AuthService

/// All routes, feature by feature.
enum EndpointTable {
    static func endpoints(
        service: AuthService, configuration: HTTPConfiguration, assets: DocumentationAssets,
        description: SelfDescription
    ) -> [Endpoint] {
        let replies = ReplyFactory(configuration)
        let browsers = CookieSessions(configuration)
        var endpoints: [Endpoint] = []
        endpoints += RegistrationEndpoints(service: service).endpoints
        endpoints +=
            SignInEndpoints(service: service, devices: KnownDevice(configuration), browsers: browsers).endpoints
        endpoints += SessionEndpoints(service: service, browsers: browsers).endpoints
        endpoints += OwnProfileEndpoints(service: service).endpoints
        endpoints += ForwardAuthEndpoints(service: service).endpoints
        endpoints +=
            PasswordEndpoints(
                service: service, devices: KnownDevice(configuration), browsers: browsers,
                localPages: configuration.isDevelopment ? CSRFPolicy(configuration) : nil
            ).endpoints
        endpoints +=
            EmailVerificationEndpoints(
                service: service, localPages: configuration.isDevelopment ? CSRFPolicy(configuration) : nil
            ).endpoints
        endpoints +=
            UserListEndpoints(
                service: service, publicBase: (configuration.publicURL ?? "") + configuration.prefix
            ).endpoints
        endpoints += UserAdministrationEndpoints(service: service).endpoints
        endpoints += UserSessionEndpoints(service: service).endpoints
        endpoints += AuditEndpoints(service: service).endpoints
        endpoints += ChangeEndpoints(service: service).endpoints
        endpoints +=
            OperationEndpoints(
                service: service, configuration: configuration, description: description, replies: replies
            ).endpoints
        if configuration.exposesDocumentation {
            endpoints +=
                DocumentationEndpoints(
                    configuration: configuration, assets: assets, description: description, replies: replies
                ).endpoints
        }
        if configuration.isDevelopment { endpoints += ProbeEndpoints().endpoints }
        return endpoints
    }

    /// The schemas that the routes refer to by name.
    static let components: [(name: String, schema: Schema)] = [
        ("User", UserRepresentation.schema),
        ("UserPage", UserListEndpoints.pageSchema),
        ("Tokens", TokenRepresentation.schema),
        ("SignedIn", SignInEndpoints.signedInSchema),
        ("CookieTokens", TokenRepresentation.cookieSchema),
        ("CookieSignedIn", SignInEndpoints.cookieSignedInSchema),
        ("Message", MessageRepresentation.schema),
        ("Registration", RegistrationEndpoints.schema),
        ("SignIn", SignInEndpoints.schema),
        ("SignInForm", SignInEndpoints.formSchema),
        ("Refresh", SessionEndpoints.refreshSchema),
        ("Session", SessionRepresentation.schema),
        ("PasswordChange", PasswordEndpoints.changeSchema),
        ("PasswordChanged", PasswordEndpoints.changedSchema),
        ("CookiePasswordChanged", PasswordEndpoints.cookieChangedSchema),
        ("MailRequest", PasswordEndpoints.requestSchema),
        ("PasswordResetConfirmation", PasswordEndpoints.confirmationSchema),
        ("EmailVerificationConfirmation", EmailVerificationEndpoints.confirmationSchema),
        ("ProfileChange", OwnProfileEndpoints.schema),
        ("UserCreation", UserAdministrationEndpoints.creationSchema),
        ("UserChange", UserAdministrationEndpoints.changeSchema),
        ("RoleChange", UserAdministrationEndpoints.roleSchema),
        ("AuditEvent", AuditRepresentation.schema),
        ("AuditPage", AuditEndpoints.pageSchema),
        ("ChangePage", ChangeEndpoints.pageSchema),
        ("Health", OperationEndpoints.healthSchema),
        ("Item", ProbeEndpoints.itemSchema),
    ]
}
