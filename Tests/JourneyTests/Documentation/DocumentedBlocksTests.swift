// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Which test runs which block of the documents, and which tests hold which section of the page on deployment and which
/// claim of SECURITY.md.
///
/// A block, section or claim that is new, gone, or called otherwise fails here until its row says what tests it.
@Suite("Fenced blocks of the documents")
struct DocumentedBlocksTests {
    /// What runs a block: a suite that names the document and the block, or a script that `.ci/run` starts.
    private enum Runner {
        case suite(String)
        /// A suite that takes every block of this language in the document.
        case suiteOfAll(String, language: String)
        /// A suite one of whose tests, with this signature, takes blocks by their numbers.
        case suiteOfNumbers(String, String)
        case script(String)
        /// `scripts/run-examples`, which `scripts/test` starts: code is built, and commands are run.
        case examples
        /// The fail-over tests, in Python, which `.ci/run` starts by `make test-cluster`.
        case failOverTests
        /// A drawing has nothing to run.
        case drawing
    }

    private static let commands = Runner.suiteOfAll("DocumentedCommandsTests", language: "sh")
    private static let example = Runner.suiteOfAll("DocumentsTests", language: "swift")

    private static let blocks: [String: [String: Runner]] = [
        "README.md": [
            "Quick start #1": .suite("ReleaseTests"),
            "Try the API #1": commands,
            "Embed the library #1": .suite("EmbeddingExampleTests"),
            "Run the tests #1": .suite("ReleaseTests"),
        ],
        "CONTRIBUTING.md": ["Build and test #1": .suite("ReleaseTests")],
        "db/README.md": ["Who may do what in PostgreSQL #1": .suite("PostgresRolesTests")],
        "docs/architecture.md": ["Targets #1": .drawing],
        "docs/api.md": [
            "API guide #1": commands,
            "Register and sign in #1": commands,
            "Register and sign in #2": commands,
            "Register and sign in #3": commands,
            "Use the access token #1": commands,
            "Use the access token #2": commands,
            "Sign in a browser #1": commands,
            "Sign in a browser #2": commands,
            "Sign in a browser #3": .suite("GuideScriptTests"),
            "Sign in an application on another site #1": commands,
            "Sign in an application on another site #2": commands,
            "Sign in a mobile app #1": commands,
            "Sign in a mobile app #2": commands,
            "Sign in by an identity provider #1": commands,
            "Verify the email address #1": commands,
            "Refresh #1": commands,
            "Change the password #1": commands,
            "Reset a forgotten password #1": commands,
            "Confirm who you are #1": commands,
            "Sessions #1": commands,
            "Change the email address #1": commands,
            "Complete mailed actions by code #1": commands,
            "Administer #1": commands,
            "Administer #2": commands,
            "Administer #3": commands,
            "Administer #4": commands,
            "Keys, health and metrics #1": commands,
            "Following changes #1": commands,
            "Following changes #2": .suite("DocumentedCommandsTests"),
        ],
        "docs/roles.md": ["A file of roles #1": .suite("RoleDocumentTests")],
        "docs/embedding.md": [
            "Packages of the system #1": .suite("EmbeddingPageTests"),
            "The package #1": .examples,
            "Routes and guards #1": .examples,
            "Start and run #1": .examples,
            "The database #1": .examples,
            "The first administrator #1": .examples,
            "Mail #1": .examples,
            "Tests of who may do what #1": .examples,
            "Try it #1": .examples,
            "Use cases without HTTP #1": .examples,
            "Other servers #1": .examples,
        ],
        "docs/mail.md": ["What waits and what was given up #1": .suite("OutboxJourneyTests")],
        "docs/providers.md": [
            "Identity providers #1": .suite("ProviderDocumentTests"), "Google #1": .suite("ProviderDocumentTests"),
            "GitHub #1": .suite("ProviderDocumentTests"), "Apple #1": .suite("ProviderDocumentTests"),
            "Microsoft #1": .suite("ProviderDocumentTests"), "GitLab #1": .suite("ProviderDocumentTests"),
            "Keycloak #1": .suite("ProviderDocumentTests"),
            "Any provider of OpenID Connect #1": .suite("ProviderDocumentTests"),
        ],
        "docs/supabase.md": [
            "Supabase's API #1": .suite("SupabaseDocumentTests"), "Create a client #1": .suite("SupabasePageTests"),
            "Providers #1": .suite("SupabaseDocumentTests"),
            "Row-level security #1": .suite("SupabasePageTests"), "Move from Supabase #1": .suite("SupabasePageTests"),
            "Move from Supabase #2": .suite("SupabasePageTests"),
        ],
        "docs/resource-servers.md": [
            "The package #1": .examples,
            "Keys #1": example,
            "Following revocations #1": example,
            "Checking requests #1": example,
            "Running #1": example,
            "Running #2": .examples,
        ],
        "docs/deployment.md": [
            "The binary #1": .suite("ReleaseTests"),
            "The binary #2": .suite("ReleaseTests"),
            "The binary #3": .suite("ReleaseTests"),
            "systemd #1": .script("scripts/try-installation"),
            "systemd #2": .suite("DocumentedSettingsTests"),
            "systemd #3": .script("scripts/try-installation"),
            "Secrets in files #1": .script("scripts/try-installation"),
            "Secrets in files #2": .script("scripts/try-installation"),
            "Secrets in files #3": .suite("ConfinementTests"),
            "The first administrator #1": .script("scripts/try-installation"),
            "TLS and nginx #1": .suite("ProxyExamplesTests"),
            "nginx #1": .suite("ProxyExamplesTests"),
            "Cookies and a login page #1": .suite("ProxyExamplesTests"),
            "Caddy #1": .suite("ProxyExamplesTests"),
            "Traefik #1": .suite("ProxyExamplesTests"),
            "Docker #1": .suite("ContainerFilesTests"),
            "Kubernetes #1": .suiteOfNumbers("KubernetesFilesTests", "settings(file: Int)"),
            "Kubernetes #2": .suiteOfNumbers("KubernetesFilesTests", "settings(file: Int)"),
            "Kubernetes #3": .suite("KubernetesFilesTests"),
            "PostgreSQL #1": .suite("PostgresRolesTests"),
            "PostgreSQL #2": .suite("PostgresRolesTests"),
            "PostgreSQL #3": .suite("PostgresRolesTests"),
            "PostgreSQL #4": .suite("PostgresRolesTests"),
            "Supabase #1": .suite("DocumentedSettingsTests"),
            "Patroni #1": .failOverTests,
            "Patroni #2": .failOverTests,
            "HAProxy #1": .failOverTests,
            "HAProxy #2": .failOverTests,
            "Several hosts in DATABASE_URL #1": .failOverTests,
            "Daemons after a fail-over or a restore #1": .failOverTests,
            "Backup and restore #1": .suite("BackupsTests"),
            "Backup and restore #2": .suite("BackupsTests"),
            "Backups every night #1": .script("scripts/try-installation"),
            "Backups every night #2": .suite("BackupScriptTests"),
            "fail2ban #1": .script("scripts/try-installation"),
            "The audit log #1": .suite("AuditLogTests"),
            "The audit log #2": .suite("AuditLogTests"),
            "Alerts and a dashboard #1": .suite("MonitoringFilesTests"),
            "Damaged database file #1": .suite("BackupsTests"),
        ],
    ]

    /// The suites that hold what a section of the page on deployment promises outside of its blocks.
    private static let sections: [String: [String]] = [
        "Deployment": ["DocumentsTests"],
        "The binary": ["ReleaseTests", "ContainerFilesTests"],
        "systemd": [
            "ConfinementTests", "ServiceManagerJourneyTests", "RestartTests", "HTTPServerTests", "DatabaseStartTests",
            "InitTests", "DoctorTests",
        ],
        "Signals": ["SignalTests", "RestartTests", "ConnectionHandlerTests", "DeploymentDocumentTests"],
        "Secrets in files": [
            "ConfinementTests", "SecretFileTests", "SecretFileSettingsTests", "SecretReloadTests", "SignalTests",
        ],
        "The first administrator": ["CommandLineTests", "CommandAnswersTests", "SettingsFileTests", "DocumentsTests"],
        "TLS and nginx": [
            "ProxyExamplesTests", "ClientAddressTests", "SourceLimitTests", "ForwardingNoticeTests",
            "DaemonConfigurationTests",
        ],
        "Forward authentication": ["ForwardAuthTests", "OperationsTests", "ProxyExamplesTests"],
        "nginx": ["ProxyExamplesTests"],
        "Cookies and a login page": ["ProxyExamplesTests", "CookieModeTests"],
        "Caddy": ["ProxyExamplesTests"],
        "Traefik": ["ProxyExamplesTests"],
        "Docker": ["ContainerFilesTests", "ConfinementTests", "BackupsTests", "RootKeyFileTests"],
        "Kubernetes": ["KubernetesFilesTests", "RootKeyFileTests"],
        // No test runs such a platform; their settings exist.
        "Other platforms": ["DocumentsTests"],
        "Your service's own tests in CI": ["WorkflowFileTests"],
        "PostgreSQL": [
            "PostgresRolesTests", "ContainerFilesTests", "DatabaseSettingsTests", "PostgresConfigurationTests",
            "HostileSessionTests", "SynchronousStandbyTests", "RefusedStartTests", "DatabaseStartTests",
            "SharedDatabaseTests", "PoolMachineTests", "FleetRevocationTests", "FleetFailureTests", "PostgresTLSTests",
            "FleetLimitTests", "DoctorTests",
        ],
        "Connection pooling with PgBouncer": ["PoolerTests", "PostgresPoolerTests", "PostgresSessionPoolerTests"],
        "Supabase": ["DocumentedSettingsTests", "PoolerTests", "PostgresRolesTests"],
        // Besides the fail-over tests, which are no suites.
        "Standbys and fail-over": ["SynchronousStandbyTests", "BackupsTests", "DocumentedBlocksTests"],
        "Patroni": ["DocumentedBlocksTests"],
        "HAProxy": ["DocumentedBlocksTests"],
        "Several hosts in DATABASE_URL": ["PostgresConfigurationTests", "DocumentedBlocksTests"],
        "Daemons after a fail-over or a restore": [
            "FleetHistoryTests", "ChangeHistoryTests", "DocumentedBlocksTests",
        ],
        "Backup and restore": [
            "BackupsTests", "DatabaseFileTests", "SQLiteFileLossTests", "RootKeyChangeTests", "FleetHistoryTests",
        ],
        "Backups every night": ["BackupScriptTests"],
        "Upgrades and rollbacks": ["CommandLineTests", "RefusedStartTests", "SchemaMigratorTests"],
        "Key rotation": [
            "KeyLifeTests", "CommandLineTests", "PublishedKeysTests", "RootKeyChangeTests", "BackupsTests",
            "DaemonConfigurationTests", "DeploymentDocumentTests",
        ],
        "Sizing": [
            "DeploymentDocumentTests", "ConnectionQuotaTests", "ConnectionBoundsTests", "StormTests", "SoakTests",
            "AcceptPacingTests", "DescriptorTests", "HashingQueueTests",
        ],
        "Breached passwords": ["BreachedPasswordsTests", "BreachedPasswordFileTests", "RefusedStartTests"],
        "Logs": [
            "LogFormatTests", "LogSinkTests", "AccessLogTests", "ForgedTokenTests", "CanaryTests", "DocumentsTests",
        ],
        "Log aggregation": ["LogFormatTests"],
        "fail2ban": ["BanFilterTests"],
        "The audit log": [
            "AuditLogTests", "AuditSealingTests", "AuditTests", "AuditTamperingTests", "RefusedJunkTests",
        ],
        "The audit log after a restore": [
            "AuditLogTests", "AuditTamperingTests", "AuditHistoryTests", "SQLiteAuditForgeryTests",
            "PostgresAuditForgeryTests", "AuditRestoreJourneyTests", "AuditHeadFileTests", "AuditHeadKeepingTests",
        ],
        "Retention of audit events": [
            "AuditLogTests", "AuditSealingTests", "AuditCutTests", "AuditRestoreJourneyTests",
        ],
        "Erasing personal data from the audit log": ["AuditLogTests", "AuditTests"],
        "Clocks": ["ClockChangeTests", "ClockWatchTests", "ClockJourneyTests", "RefreshClockTests"],
        "Metrics": ["DocumentedMetricsTests", "OperationsTests"],
        "Alerts and a dashboard": ["MonitoringFilesTests"],
        "Health": ["SharedDatabaseTests", "SignalTests", "FleetFailureTests"],
        "Startup failures": ["RefusedStartTests", "DatabaseFileTests", "DocumentsTests"],
        "Damaged database file": ["BackupsTests", "SQLiteFileLossTests", "RepeatedLinesTests"],
        "File permissions": ["DatabaseFileTests", "RestartTests"],
    ]

    /// The suites that hold what SECURITY.md says of a defense, and what follows from a leak, by the words in bold.
    private static let claims: [String: [String]] = [
        "Passwords": [
            "SecurityDocumentTests", "PasswordHasherTests", "PasswordPolicyTests", "HashingPoolTests",
            "HashingQueueTests",
        ],
        "Brute force and credential stuffing": [
            "SignInThrottleTests", "SignInLimitTests", "AttackTests", "KnownDeviceTests", "AbuseDocumentTests",
        ],
        "User enumeration": ["SignInTests", "SignInAnswerTests", "DummyHashTests", "PasswordResetTests"],
        "Rate limiting": ["TokenBucketTests", "SourceLimitTests", "SharedBucketTests", "FleetLimitTests"],
        "Tokens": ["TokenVerifierTests", "CompactJWSTests", "JSONReaderTests", "ForgedTokenTests"],
        "Sessions": ["RefreshRotationTests", "RefreshTests", "RefreshTokenContentTests", "CookieModeTests"],
        "CSRF": ["CookieModeTests", "CSRFPolicyTests", "ForwardAuthTests", "CookiesTests"],
        "Keys": ["KeyDerivationTests", "SealerTests", "KeyLifeTests", "RootKeyChangeTests"],
        "Audit log": [
            "AuditTamperingTests", "AuditSealingTests", "AuditHeadFileTests", "AuditRestoreJourneyTests",
            "RootKeyChangeTests",
        ],
        "HTTP": ["ConnectionBoundsTests", "ConnectionQuotaTests", "ConnectionHandlerTests", "DeploymentDocumentTests"],
        "Secrets": ["SecretBytesTests", "ConstantTimeTests", "RedactionTests", "CanaryTests"],
        "A signing key has leaked": [
            "KeyLifeTests", "CommandLineTests", "PublishedKeysTests", "RevocationFollowingTests",
        ],
        "`SECRET_KEY` has leaked": ["KeyLifeTests", "BackupsTests", "SecretStrengthTests"],
        "The root key has leaked": ["RootKeyChangeTests", "RootKeySettingsTests"],
        "The database has leaked": ["CanaryTests", "RefreshTokenContentTests", "SealerTests"],
        "The database went back in time": ["ChangeHistoryTests", "FleetHistoryTests", "DocumentedMetricsTests"],
        "An administrator was taken over": ["CommandLineTests", "AdministrationTests", "SecurityDocumentTests"],
    ]

    @Test("every fenced block of the documents has a row that names its test, and every row has its block")
    func rows() throws {
        var shown: [String: Set<String>] = [:]
        for document in try Self.documents() {
            let names = Set(MarkdownPage(try AuthdBinary.text(of: document)).blocks.map(\.name))
            if !names.isEmpty { shown[document] = names }
        }

        #expect(shown == Self.blocks.mapValues { Set($0.keys) })
    }

    @Test("the suites and scripts of the rows exist, and name the document and the block")
    func runners() throws {
        let suites = try Self.suites()
        for (document, rows) in Self.blocks {
            let page = MarkdownPage(try AuthdBinary.text(of: document))
            for (name, runner) in rows {
                let block = try #require(page.blocks.first { $0.name == name }, "\(document) \(name)")
                switch runner {
                case .suite(let suite):
                    let source = try #require(suites[suite], "\(suite)")
                    #expect(source.contains(#""\#(document)""#) && source.contains(#""\#(name)""#), "\(suite) \(name)")
                case .suiteOfAll(let suite, let language):
                    let source = try #require(suites[suite], "\(suite)")
                    #expect(block.language == language, "\(document) \(name)")
                    #expect(source.contains(#""\#(document)""#) && source.contains(language), "\(suite) \(name)")
                case .suiteOfNumbers(let suite, let test):
                    let source = try #require(suites[suite], "\(suite)")
                    #expect(
                        source.contains(#""\#(document)""#) && source.contains(#""\#(block.heading) #\("#), "\(name)")
                    #expect(source.contains("func \(test)") && source.contains("arguments: [1, 2]"), "\(name)")
                    #expect([1, 2].contains(block.number), "\(name)")
                case .script(let path):
                    let script = try AuthdBinary.text(of: path)
                    let heading = block.heading.contains(" ") ? "'\(block.heading)'" : block.heading
                    #expect(script.contains("block \(heading) \(block.number)"), "\(path) \(name)")
                    #expect(script.contains(document), "\(path)")
                    #expect(try AuthdBinary.text(of: ".ci/run").contains(path), "\(path)")
                case .examples:
                    let script = try AuthdBinary.text(of: "scripts/run-examples")
                    // All code of a page is one package.
                    let isRun =
                        block.language == "swift"
                        ? script.contains("make-page-package \(document)")
                        : script.contains("\(document), '\(name)'")
                    #expect(isRun, "\(document) \(name)")
                    #expect(try AuthdBinary.text(of: "scripts/test").contains("\nscripts/run-examples\n"))
                case .failOverTests:
                    let source = try Self.failOverTests()
                    #expect(source.contains(#""\#(block.heading)", \#(block.number)"#), "\(document) \(name)")
                    #expect(source.contains(document), "\(document) \(name)")
                case .drawing:
                    #expect(block.text.contains("──"), "\(document) \(name)")
                }
            }
        }
    }

    /// The commands of blocks of the page on deployment that no test runs, each with the reason and what holds it instead.
    private static let notRun: [String: String] = [
        "systemctl":
            "process 1 of the tests is no systemd; systemd-analyze checks the units, and their ExecStart is run",
        "journalctl": "without systemd there is no journal; what the daemon writes to standard error is read instead",
        "docker":
            "the tests have no engine; ContainerFilesTests reads the words and runs the daemon with the variables",
        "kubectl": "the tests have no cluster; KubernetesFilesTests checks files, Secrets and order",
        "apt-get": "tests install nothing; ReleaseTests compares the packages with the libraries of the program",
    ]

    @Test("every command of the page on deployment is run, but for those that need what no test has")
    func commandsThatAreNotRun() throws {
        // What the tests and the script that follow the page run, as it stands or with other paths.
        let run: Set = [
            "scripts/bootstrap", "make", "install", "useradd", "cd", "runuser", "umask", "openssl", "chown", "chmod",
            "export",
            "unset",
            "patronictl", "authd", "sqlite3", "pg_dump", "pg_restore", "tar",
        ]
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let shell = page.blocks.filter { ["", "sh"].contains($0.language) }
            .flatMap { $0.text.replacing("\\\n", with: " ").split(separator: "\n") }
        // Lines of settings and of the log are no commands.
        let words = shell.compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter { !$0.contains("=") && $0.first?.isNumber == false }
        #expect(Set(words).subtracting(run) == Set(Self.notRun.keys))
        #expect(Self.notRun.values.allSatisfy { $0.contains("; ") || $0.hasPrefix("tests ") })
        // The script leaves out these lines and no others.
        let script = try AuthdBinary.text(of: "scripts/try-installation")
        #expect(script.contains(#"grep -v '^systemctl \|^journalctl '"#))
    }

    @Test("every section of the page on deployment has suites that test it")
    func sections() throws {
        let suites = try Self.suites()
        let headings = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")).headings

        #expect(Set(headings) == Set(Self.sections.keys))
        #expect(Set(headings).count == headings.count)
        for (heading, names) in Self.sections {
            for name in names { #expect(suites[name] != nil, "\(heading): \(name)") }
        }
    }

    @Test("every claim of SECURITY.md on a defense or a leak has suites that test it")
    func securityClaims() throws {
        let suites = try Self.suites()
        let text = try AuthdBinary.text(of: "SECURITY.md")
        let defenses = try #require(text.range(of: "\n## Defenses\n"))
        let leads = text[defenses.upperBound...].matches(of: #/\n(?:- )?\*\*([^*]+)\*\*/#).map { String($0.output.1) }

        #expect(Set(leads) == Set(Self.claims.keys))
        #expect(Set(leads).count == leads.count)
        for (claim, names) in Self.claims {
            for name in names { #expect(suites[name] != nil, "\(claim): \(name)") }
        }
    }

    @Test("the fail-over tests are what `make test-cluster` runs, and `.ci/run` runs that")
    func failOvers() throws {
        #expect(try AuthdBinary.text(of: ".ci/run").contains(#"make --directory "$clone" test-cluster"#))
        #expect(
            try AuthdBinary.text(of: "Makefile")
                .contains("\ntest-cluster:\n\tscripts/bootstrap cluster\n\tscripts/test-cluster\n"))
        #expect(try AuthdBinary.text(of: "scripts/test-cluster").contains(" Tests/Cluster "))
    }

    /// The text of all files of the fail-over tests.
    private static func failOverTests() throws -> String {
        let folder = AuthdBinary.package.appending(path: "Tests/Cluster").path
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".py") }
            .map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }.joined()
    }

    /// The Markdown files at the top, in `docs` and below, and in `db`.
    private static func documents() throws -> [String] {
        let manager = FileManager.default
        let top = try manager.contentsOfDirectory(atPath: AuthdBinary.package.path)
        let below = try ["docs", "db"].flatMap { folder in
            try manager.subpathsOfDirectory(atPath: AuthdBinary.package.appending(path: folder).path)
                .map { "\(folder)/\($0)" }
        }
        let documents = (top + below).filter { $0.hasSuffix(".md") }
        try #require(Set(documents).isSuperset(of: blocks.keys))
        return documents
    }

    /// The text of the file that declares each suite, by the suite's type.
    private static func suites() throws -> [String: String] {
        let folder = AuthdBinary.package.appending(path: "Tests").path
        var suites: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix("Tests.swift") {
            let text = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
            for match in text.matches(of: #/\n(?:@Suite\([^\n]*\) )?struct (\w+Tests) /#) {
                suites[String(match.output.1)] = text
            }
        }
        try #require(suites["DocumentedBlocksTests"] != nil)
        return suites
    }
}
