// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the change feed.
extension ProblemKind {
    static let changeFeed: [ProblemKind] = [
        .cursorExpired
    ]

    package static let cursorExpired = ProblemKind(
        code: "cursor_expired", status: .gone, title: "Cursor expired",
        detail: "The changes after this cursor are no longer stored, or the database has another history.",
        advice: "Start again without `after`: the response has every revocation that may concern an unexpired token.")
}
