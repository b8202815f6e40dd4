// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// The body of every refusal.
///
/// - Source: RFC 9457 §3. `code`, `errors` and `tries_left` are extension members; FastAPI clients find `detail` where they
/// look for it.
struct Problem {
    let refusal: Refusal
    let instance: RequestID?
    /// What stands before `/problems/…` in `type`; empty for a relative reference.
    let base: String

    var body: [UInt8] {
        let kind = refusal.kind
        var writer = JSONWriter()
        writer.object { problem in
            problem.member("type", "\(base)/problems/\(kind.slug)")
            problem.member("title", kind.title)
            problem.member("status", Int64(kind.status.rawValue))
            problem.member("detail", kind.detail)
            problem.member("code", kind.code)
            problem.member(ifPresent: "instance", instance?.description)
            if let tries = refusal.triesLeft { problem.member("tries_left", tries) }
            guard kind.listsErrors || !refusal.violations.isEmpty else { return }
            problem.member(
                "errors",
                array: { errors in
                    for violation in refusal.violations {
                        errors.object { error in
                            error.member("field", violation.field)
                            error.member("code", violation.code)
                            error.member("message", violation.message)
                        }
                    }
                })
        }
        return writer.bytes
    }
}
