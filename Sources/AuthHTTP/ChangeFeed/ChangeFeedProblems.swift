// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// Problems of the change feed.
extension ProblemKind {
    static let changeFeed: [ProblemKind] = [
        .cursorExpired
    ]

    package static let cursorExpired = ProblemKind(
        code: "cursor_expired", status: .gone, title: "Cursor expired",
        detail: "What followed this cursor is no longer kept.",
        advice: "Ask without `after`: the answer holds every revocation that an unexpired token may collide with.")
}
