// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the routes for operators.
extension ProblemKind {
    static let operations: [ProblemKind] = [
        .shuttingDown
    ]

    package static let shuttingDown = ProblemKind(
        code: "shutting_down", status: .serviceUnavailable, title: "Shutting down",
        detail: "This process is about to stop. Send requests to another one.",
        advice:
            "Only `/health/database` answers this, after SIGTERM; other requests are still served. Remove "
            + "the process from the load balancer.")
}
