// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The manifests for Kubernetes, judged by its schemas, by the page that tells how to apply them, and by the daemon.
@Suite("Kubernetes manifests", .oneAtATime, .timeLimit(.minutes(5)))
struct KubernetesFilesTests {
    private static let files = ["settings", "migrate", "authd"].map { "packaging/kubernetes/\($0).yaml" }

    /// Read once, for all tests.
    private static let reading = Task {
        var all: [JSONValue] = []
        for file in files { all += try await YAMLFile.documents(of: file) }
        return all
    }

    private static func resources() async throws -> [JSONValue] { try await reading.value }

    private static func resource(_ kind: String) async throws -> JSONValue {
        let found = try await resources().filter { $0["kind"]?.string == kind }
        guard found.count == 1 else { throw Failure("\(found.count) resources \(kind), not one") }
        return found[0]
    }

    /// The pods of the daemons and of the migration.
    private static func pods() async throws -> [String: JSONValue] {
        var pods: [String: JSONValue] = [:]
        for kind in ["Deployment", "Job"] {
            let spec = try await resource(kind)["spec"]
            pods[kind] = try #require(spec?["template"]?["spec"])
        }
        return pods
    }

    @Test("the manifests have no fault and no unknown field by the schemas of Kubernetes")
    func schemas() async throws {
        let program = """
            import sys, yaml, kubernetes_validate
            count = 0
            for path in sys.argv[1:]:
                for resource in yaml.safe_load_all(open(path)):
                    for version in ("1.29", kubernetes_validate.latest_version()):
                        kubernetes_validate.validate(resource, version, strict=True)
                    count += 1
            print(count)
            """
        let paths = Self.files.map { AuthdBinary.package.appending(path: $0).path }

        let outcome = try await TestPython.run(with: "kubernetes_validate", ["-c", program] + paths)

        #expect(outcome.output == "\(try await Self.resources().count)\n", "\(outcome)")
    }

    @Test("the pods run without privileges, by the standard `restricted`, which their namespace demands")
    func restricted() async throws {
        let namespace = try await Self.resource("Namespace")
        #expect(
            namespace["metadata"]?["labels"]?["pod-security.kubernetes.io/enforce"]?.string == "restricted")
        let user = try ContainerFile().last("USER").split(separator: ":").compactMap { Double($0) }
        for (kind, pod) in try await Self.pods() {
            let security = pod["securityContext"]
            #expect(security?["runAsNonRoot"] == .bool(true), "\(kind)")
            #expect(security?["runAsUser"]?.number == user[0] && security?["runAsGroup"]?.number == user[1], "\(kind)")
            // Through this group the process reads the mounted root key, which others may not.
            #expect(security?["fsGroup"]?.number == user[1], "\(kind)")
            #expect(security?["seccompProfile"]?["type"]?.string == "RuntimeDefault", "\(kind)")
            #expect(pod["automountServiceAccountToken"] == .bool(false), "\(kind)")
            let containers = pod["containers"]?.array ?? []
            #expect(containers.count == 1 && pod["hostNetwork"] == nil && pod["hostPID"] == nil, "\(kind)")
            for container in containers {
                let security = container["securityContext"]
                #expect(security?["allowPrivilegeEscalation"] == .bool(false), "\(kind)")
                #expect(security?["readOnlyRootFilesystem"] == .bool(true), "\(kind)")
                #expect(security?["capabilities"]?["drop"] == .array([.string("ALL")]), "\(kind)")
                #expect(container["resources"]?["limits"]?["memory"] != nil, "\(kind)")
            }
            for volume in pod["volumes"]?.array ?? [] where volume["emptyDir"] == nil {
                let mode = volume["secret"]?["defaultMode"] ?? volume["projected"]?["defaultMode"]
                #expect(mode?.number == 0o440, "\(kind)")
            }
        }
    }

    @Test("service, policies and budget mean the pods that there are, and those only")
    func selectors() async throws {
        func labels(_ value: JSONValue?) throws -> [String: JSONValue] { try #require(value?.object) }
        let server = try await Self.resource("Deployment")
        let migration = try await Self.resource("Job")
        let serverLabels = try labels(server["spec"]?["template"]?["metadata"]?["labels"])
        let migrationLabels = try labels(migration["spec"]?["template"]?["metadata"]?["labels"])
        func selects(_ selector: [String: JSONValue], _ labels: [String: JSONValue]) -> Bool {
            selector.allSatisfy { labels[$0.key] == $0.value }
        }
        for selector in [
            try labels(server["spec"]?["selector"]?["matchLabels"]),
            try labels(try await Self.resource("Service")["spec"]?["selector"]),
            try labels(try await Self.resource("PodDisruptionBudget")["spec"]?["selector"]?["matchLabels"]),
        ] {
            #expect(selects(selector, serverLabels) && !selects(selector, migrationLabels), "\(selector)")
        }
        let policy = try labels(
            try await Self.resource("NetworkPolicy")["spec"]?["podSelector"]?["matchLabels"])
        #expect(selects(policy, serverLabels) && selects(policy, migrationLabels))
        for resource in try await Self.resources() where resource["kind"]?.string != "Namespace" {
            #expect(resource["metadata"]?["namespace"]?.string == "authd")
        }
        let port = try #require(Double(try ContainerFile().last("EXPOSE")))
        let container = try #require(server["spec"]?["template"]?["spec"]?["containers"]?.array?.first)
        #expect(container["ports"]?.array?.first?["containerPort"]?.number == port)
        #expect(try await Self.resource("Service")["spec"]?["ports"]?.array?.first?["targetPort"]?.string == "http")
    }

    @Test(
        "the page's commands make the Secrets that the pods mount, and apply every file, the migration before the daemons"
    )
    func commands() async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let lines = try page.text("Kubernetes #3").split(separator: "\n").map(String.init)
        let applied = lines.filter { $0.hasPrefix("kubectl apply ") }.compactMap { $0.split(separator: " ").last }
        #expect(applied.map(String.init) == Self.files)
        var made: [String: Set<String>] = [:]
        for line in lines where line.hasPrefix("kubectl create secret generic ") {
            let words = line.split(separator: " ").map(String.init)
            made[words[4]] = Set(words.filter { $0.hasPrefix("--from-file=") }.map { String($0.dropFirst(12)) })
        }
        var mounted: [String: Set<String>] = [:]
        for (_, pod) in try await Self.pods() {
            for volume in pod["volumes"]?.array ?? [] {
                var secrets = volume["projected"]?["sources"]?.array?.compactMap { $0["secret"] } ?? []
                if let secret = volume["secret"] { secrets.append(secret) }
                for secret in secrets {
                    let name = try #require((secret["secretName"] ?? secret["name"])?.string)
                    mounted[name, default: []].formUnion(
                        secret["items"]?.array?.compactMap { $0["key"]?.string } ?? [])
                }
            }
        }
        #expect(made == mounted)
        // Neither the daemons nor the commands of one of their pods get at the owner's password.
        let server = try #require(try await Self.pods()["Deployment"]?["volumes"])
        #expect(server.array?.contains { $0["secret"]?["secretName"]?.string == "authd-owner" } == false)
        let job = try #require(try await Self.resource("Job")["metadata"]?["name"]?.string)
        #expect(lines.contains { $0.hasPrefix("kubectl wait ") && $0.hasSuffix(" job/\(job)") })
    }

    @Test("the daemon can be used with the settings of the manifests and of the page's files", arguments: [1, 2])
    func settings(file: Int) async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let config = try #require(try await Self.resource("ConfigMap")["data"]?.object?.compactMapValues { $0.string })
        let image = try ContainerFile().stages[1].environment
        let pod = try #require(try await Self.pods()[file == 1 ? "Deployment" : "Job"])
        let container = try #require(pod["containers"]?.array?.first)
        let arguments = try #require(container["args"]?.array?.compactMap { $0.string })
        #expect(arguments == (file == 1 ? ["serve"] : ["migrate"]) + ["--env-file", arguments.last ?? ""])
        let mount = try #require(container["volumeMounts"]?.array?.first { $0["name"]?.string == "secrets" })
        let folder = try #require(mount["mountPath"]?.string)
        for path in [arguments.last, config["ROOT_KEY_FILE"]] { #expect(path?.hasPrefix(folder + "/") == true) }

        try await Installation.with(.sqlite, ["ENVIRONMENT": "", "SHUTDOWN_DELAY_SECONDS": ""]) { installation in
            let directory = installation.directory
            let text = try page.text("Kubernetes #\(file)").adapted([("…", "a-password-of-ours")])
            try directory.write(text, to: "authd.env")
            try directory.write(try await Command("openssl", "rand", "-hex", "32").succeed(), to: "root.key")
            let settings = image.merging(config) { $1 }.merging(["ROOT_KEY_FILE": "root.key"]) { $1 }

            let checked = try await installation.with(settings).authd("config", "check", "--env-file", "authd.env")

            #expect(checked.succeeded, "\(checked)")
            for name in config.keys {
                #expect(("\n" + checked.output).contains("\n\(name)="), "\(name) in \(checked)")
                #expect(!checked.errors.contains("warning: \(name)"), "\(checked)")
            }
            #expect(checked.output.contains("@db.example.com/authd?sslmode=verify-full"), "\(checked)")
        }
    }

    @Test("the probes ask routes that say what they are for, and a pod is given the time that the daemon takes to stop")
    func probes() async throws {
        let pod = try #require(try await Self.pods()["Deployment"])
        let container = try #require(pod["containers"]?.array?.first)
        func path(_ probe: String) -> String? { container[probe]?["httpGet"]?["path"]?.string }
        let page = try AuthdBinary.text(of: "docs/deployment.md")
        #expect(page.contains("| liveness | `\(path("livenessProbe") ?? "")` |"))
        #expect(page.contains("| readiness | `\(path("readinessProbe") ?? "")` |"))
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
                    try await daemon.send("GET", try #require(path(probe))).expect(200, probe)
                }
            }
        }
        let unit = try AuthdBinary.text(of: "packaging/authd.service")
        let patience = try #require(pod["terminationGracePeriodSeconds"]?.number)
        #expect(unit.contains("\nTimeoutStopSec=\(Int(patience))\n"))
        // A pod that is about to stop leaves the service while it still answers.
        let readiness = try #require(container["readinessProbe"])
        let period = try #require(readiness["periodSeconds"]?.number)
        let failures = try #require(readiness["failureThreshold"]?.number)
        #expect(period * failures < 5)
    }
}
