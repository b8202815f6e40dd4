// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer

/// The bodies that failures have, in the version of the contract that the client speaks.
enum SupabaseErrorForm {
    /// The version of the contract from which on `code` is a word.
    static let version = "2024-01-01"

    /// What the gate refuses, in this form.
    static let renderer = ErrorRenderer(name: "supabase") { refusal, request, id, replies in
        reply(SupabaseFault(refusal), to: request, id: id, replies)
    }

    /// The answer to a call that failed.
    static func reply(_ fault: SupabaseFault, _ call: Call) -> Reply {
        reply(fault, to: call.request, id: call.id, call.replies)
    }

    private static func reply(
        _ fault: SupabaseFault, to request: Request, id: RequestID?, _ replies: ReplyFactory
    ) -> Reply {
        let isNew = !fault.isOAuth && speaksNewVersion(request)
        var reply = replies.json(fault.status) { body in
            if fault.isOAuth {
                body.member("error", fault.code)
                body.member("error_description", fault.message)
                return
            }
            if isNew {
                body.member("code", fault.code)
                body.member("message", fault.message)
            } else {
                body.member("code", Int64(fault.status.rawValue))
                body.member("error_code", fault.code)
                body.member("msg", fault.message)
                if fault.status.rawValue >= 500, let id { body.member("error_id", id.description) }
            }
            if let reasons = fault.reasons {
                body.member("weak_password", object: { $0.member("reasons", reasons) })
            }
        }
        if isNew { reply.fields.append(("x-supabase-api-version", version)) }
        reply.fields.append(("x-sb-error-code", fault.code))
        if let seconds = fault.retryAfter { reply.fields.append(("retry-after", "\(seconds)")) }
        reply.reason = fault.reason ?? fault.code
        return reply
    }

    /// Whether a request names a version from ``version`` on: a date, which sorts as its octets do.
    static func speaksNewVersion(_ request: Request) -> Bool {
        let fields = request.fields("x-supabase-api-version")
        guard fields.count == 1, let octets = fields.first.map({ Array($0.utf8) }), octets.count == 10 else {
            return false
        }
        for (index, octet) in octets.enumerated() {
            let isRight = index == 4 || index == 7 ? octet == UInt8(ascii: "-") : (0x30...0x39).contains(octet)
            guard isRight else { return false }
        }
        return !octets.lexicographicallyPrecedes(version.utf8)
    }
}
