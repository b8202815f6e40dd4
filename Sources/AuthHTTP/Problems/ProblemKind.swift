// SPDX-License-Identifier: Apache-2.0

package import AuthHTTPServer

/// A failure that is answered: its stable code, and all that is said about it.
///
/// A row is declared once, beside its feature in `<Subject>Problems.swift`, and stands in that file's list, which
/// the feature's group of routes brings along. Two values are equal if their codes are.
package struct ProblemKind: Hashable, Sendable {
    /// The `code` on the wire: clients branch on it, so it is never changed.
    package let code: String
    /// The status that the problem is answered with.
    package let status: Status
    /// A few words, the same for every occurrence.
    package let title: String
    /// One sentence for the person at the other end, the same for every occurrence: it never tells one cause of a
    /// problem from another.
    package let detail: String
    /// What a developer of a client should know and do, for the error reference.
    package let advice: String
    /// Whether the document always has `errors`, which says what is wrong with which field or parameter.
    package let listsErrors: Bool

    /// Declares a problem.
    ///
    /// `code` consists of words in small letters with underscores between them; no other row uses it.
    package init(
        code: String, status: Status, title: String, detail: String, advice: String, listsErrors: Bool = false
    ) {
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.advice = advice
        self.listsErrors = listsErrors
    }

    /// The last part of the problem's `type`.
    package var slug: String {
        String(code.map { $0 == "_" ? "-" : $0 })
    }

    package static func == (one: ProblemKind, other: ProblemKind) -> Bool {
        one.code == other.code
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(code)
    }
}

extension ProblemKind {
    /// The problems that belong to no group of routes, because every one can lead to them.
    static let ofEveryRoute: [ProblemKind] = general + access + limits

    /// The problem of a transport failure.
    init(_ failure: TransportFailure) {
        switch failure {
        case .malformed: self = .malformedRequest
        case .headTooLarge: self = .headersTooLarge
        case .bodyTooLarge: self = .bodyTooLarge
        case .timeout: self = .requestTimeout
        case .unsupportedExpectation: self = .expectationFailed
        case .unsupportedCoding: self = .notImplemented
        case .unsupportedVersion: self = .versionNotSupported
        case .tooManyConnections: self = .overloaded
        }
    }
}

extension Sequence<ProblemKind> {
    /// By status, and by code within one status.
    func inOrder() -> [ProblemKind] {
        sorted { ($0.status.rawValue, $0.code) < ($1.status.rawValue, $1.code) }
    }
}
