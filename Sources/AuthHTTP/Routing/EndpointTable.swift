// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer
internal import AuthService

/// All routes, group by group, with the schemas and problems that they bring along.
struct EndpointTable {
    /// The routes, each where its group is mounted.
    let endpoints: [Endpoint]
    /// The schemas that the routes refer to by name.
    let schemas: [(name: String, schema: Schema)]
    /// Every problem that a request can be answered with.
    let problems: [ProblemKind]

    init(_ groups: [any EndpointGroup]) {
        endpoints = groups.flatMap { group in group.endpoints.map { $0.mounted(by: group) } }
        let described = groups.filter { $0.isDescribed }
        schemas = described.flatMap { $0.schemas }
        problems = ProblemKind.ofEveryRoute + described.flatMap { $0.problems }
    }

    private init(
        endpoints: [Endpoint], schemas: [(name: String, schema: Schema)], problems: [ProblemKind]
    ) {
        self.endpoints = endpoints
        self.schemas = schemas
        self.problems = problems
    }

    /// The part that stands in descriptions.
    var described: EndpointTable {
        EndpointTable(endpoints: endpoints.filter(\.isDescribed), schemas: schemas, problems: problems)
    }

    /// The table of a service, and beside it the groups of others.
    init(
        service: AuthService, configuration: HTTPConfiguration, assets: DocumentationAssets,
        description: SelfDescription, beside others: [any EndpointGroup] = []
    ) {
        self.init(
            Self.groups(.live(service), configuration: configuration, assets: assets, description: description)
                + others)
    }

    /// The table without a service behind it: to be described, not to be served.
    init(describing configuration: HTTPConfiguration, beside others: [any EndpointGroup] = []) {
        self.init(
            Self.groups(
                .described, configuration: configuration, assets: .contentDeliveryNetwork,
                description: SelfDescription()) + others)
    }

    /// The first parts of all paths at the root; no prefix may begin with one of them.
    static var firstSegments: Set<String> {  // own text
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        configuration.exposesMetrics = true
        configuration.exposesDocumentation = true
        let paths = EndpointTable(describing: configuration).endpoints.map(\.path)
        return Set(
            paths.compactMap { path in
                guard case .literal(let text)? = path.segments.first else { return nil }
                return text
            })
    }

    private static func groups(
        _ reference: ServiceReference, configuration: HTTPConfiguration, assets: DocumentationAssets,
        description: SelfDescription
    ) -> [any EndpointGroup] {
        let replies = ReplyFactory(configuration)
        let browsers = CookieSessions(configuration)
        let devices = KnownDevice(configuration)
        let flows = FlowChannel(configuration)
        let providers = ProviderChannel(reference, configuration)
        let localPages = configuration.isDevelopment ? CSRFPolicy(configuration) : nil
        var groups: [any EndpointGroup] = [
            RegistrationEndpoints(reference: reference, flows: flows),
            SetupEndpoints(reference: reference),
            SignInEndpoints(reference: reference, devices: devices, browsers: browsers),
            MailSignInEndpoints(reference: reference, devices: devices, flows: flows),
            UnlockEndpoints(reference: reference, devices: devices, flows: flows),
            ProviderEndpoints(channel: providers), ProviderTokenEndpoints(channel: providers),
            IdentityEndpoints(channel: providers),
            ReauthenticationEndpoints(reference: reference, browsers: browsers),
            SessionEndpoints(reference: reference, browsers: browsers),
            OwnProfileEndpoints(
                reference: reference, flows: flows,
                countsAsSignIn: configuration.limits.countsProfileChangesAsSignIns),
            ForwardAuthEndpoints(reference: reference),
            PasswordEndpoints(reference: reference, devices: devices, flows: flows, localPages: localPages),
            FirstPasswordEndpoints(reference: reference, devices: devices, browsers: browsers),
            EmailVerificationEndpoints(reference: reference, devices: devices, flows: flows, localPages: localPages),
            AddressChangeEndpoints(reference: reference, flows: flows),
            FlowEndpoints(reference: reference, flows: flows),
            UserListEndpoints(
                reference: reference, publicBase: (configuration.publicURL ?? "") + configuration.prefix),
            UserAdministrationEndpoints(reference: reference),
            UserSessionEndpoints(reference: reference),
            InvitationEndpoints(reference: reference, flows: flows),
            RoleEndpoints(reference: reference),
            UserPermissionEndpoints(reference: reference),
            AuditEndpoints(reference: reference),
            ChangeEndpoints(reference: reference),
            OperationEndpoints(
                reference: reference, configuration: configuration, description: description, replies: replies),
        ]
        if configuration.exposesDocumentation {
            groups.append(
                DocumentationEndpoints(
                    configuration: configuration, assets: assets, description: description, replies: replies))
        }
        if configuration.isDevelopment { groups.append(ProbeEndpoints()) }
        return groups
    }
}
