// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTP
@testable import authd

@Suite("figures of the page on deployment")
struct DeploymentDocumentTests {
    @Test("the bounds of a connection are those of the program, and so is their sum")
    func connectionBounds() throws {
        let server = try DaemonConfiguration.read([:]).server
        let page = try Repository.text("docs/deployment.md")
        let parts = [
            ConnectionBounds.read, server.maximumHeadBytes, server.maximumBodyBytes, ConnectionBounds.queue,
            ConnectionBounds.output, ConnectionBounds.unsent,
        ].map { $0 / 1024 }

        #expect(
            page.contains(
                "\(parts.reduce(0, +)) KiB and its largest answer: a read of \(parts[0]) KiB, a head of \(parts[1]), a body "
                    + "of \(parts[2]), requests sent ahead of \(parts[3]), answers not yet handed over of \(parts[4]), and "
                    + "answers not yet taken of \(parts[5]); the kernel keeps twice "
                    + "\(2 * ConnectionBounds.socketBuffer / 1024) KiB besides"))
        #expect(page.contains("at most 16,384, or") && server.maximumConnections == 16_384)
        #expect(page.contains("cut off after 30 seconds") && server.writeTimeout == .seconds(30))
    }

    @Test(
        "a service manager waits longer than the daemon takes to end",
        arguments: ["packaging/authd.service", "compose.yaml"])
    func patience(file: String) throws {
        let configuration = try DaemonConfiguration.read([:])
        let line = try #require(
            Repository.text(file).split(separator: "\n").first {
                $0.contains("TimeoutStopSec=") || $0.contains("stop_grace_period:")
            })
        let seconds = try #require(Int64(String(line.filter { $0.isNumber })))

        let daemon = configuration.shutdownDelay + configuration.server.drainTimeout + .seconds(5)
        // What is left over is for the mail and the database, which have ten seconds.
        #expect(daemon + .seconds(10) < .seconds(seconds))
    }

    @Test(
        "so many connections are served that descriptors are left for everything else",
        arguments: [(32_768, 40, 47, 28_000), (1_024, 40, 47, 800), (64, 35, 40, 8), (10, 40, 47, 8)])
    func descriptors(limit: Int, open: Int, reserve: Int, atLeast: Int) {
        let connections = DescriptorLimit.connections(limit: limit, open: open, reserve: reserve)

        #expect(connections >= atLeast)
        #expect(connections == 8 || connections + open + min(reserve, limit / 4) + min(64, connections / 8) <= limit)
    }
}
