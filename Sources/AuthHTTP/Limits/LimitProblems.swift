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
            "Wait for the number of seconds in `Retry-After`. Rate limits count per IPv4 address or IPv6 "
            + "/64; with `REGISTRATION_PRIVACY`, changes of the username count per user.")
}
