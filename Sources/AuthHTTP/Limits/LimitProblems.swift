// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of limits on requests.
extension ProblemKind {
    static let limits: [ProblemKind] = [
        .rateLimited
    ]

    package static let rateLimited = ProblemKind(
        code: "rate_limited", status: .tooManyRequests, title: "Too many requests",
        detail: "Too many requests. Try again later.",
        advice:
            "Wait as many seconds as `Retry-After` says. Limits count per address, for IPv6 per /64 network; where "
            + "registration is private, changes of a username count per user.")
}
