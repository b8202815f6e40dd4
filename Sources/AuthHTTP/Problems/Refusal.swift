// SPDX-License-Identifier: Apache-2.0

package import AuthCore
internal import AuthHTTPServer

/// Why a request is not carried out: what the caller is told, and one word for the log.
package struct Refusal: Error, Hashable, Sendable {
    /// The problem.
    package let kind: ProblemKind
    /// The fields at fault, for `.validationFailed` and `.invalidQuery`.
    package var violations: [FieldViolation] = []
    /// Seconds until a new attempt makes sense; sent as `Retry-After`.
    package var retryAfterSeconds: Int64?
    /// The permission that is missing, for `.insufficientScope`.
    package var missing: Permission?
    /// How many more wrong codes are allowed, for `.wrongCode`.
    package var triesLeft: Int64?
    /// Whether the body's coding is at fault, and not its type: the reply then names the one that is read.
    var isAboutCoding = false
    /// The true reason, as one of the service's codes: for the log alone.
    package var reason: String?

    /// A refusal without particulars.
    package init(_ kind: ProblemKind) {
        self.kind = kind
        // RFC 9110 §15.6.4 leaves the field open; a client without it retries at once and in step with all others.
        if kind.status == .serviceUnavailable { retryAfterSeconds = 1 }
    }

    /// A refusal of a body that was compressed or otherwise coded.
    static var unsupportedCoding: Refusal {
        var refusal = Refusal(.unsupportedMediaType)
        refusal.isAboutCoding = true
        return refusal
    }

    /// A refusal because of fields.
    ///
    /// An empty list still refuses.
    package init(_ kind: ProblemKind = .validationFailed, violations: [FieldViolation]) {
        self.init(kind)
        self.violations = violations
    }

    /// A refusal for now.
    package init(_ kind: ProblemKind, retryAfter: Duration) {
        self.init(kind)
        self.retryAfterSeconds = max(1, retryAfter.secondsRoundedUp)
    }

    /// A refusal for want of a permission.
    package init(missing: Permission) {
        self.init(.insufficientScope)
        self.missing = missing
    }
}
