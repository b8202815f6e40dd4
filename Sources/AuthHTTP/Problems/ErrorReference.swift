// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

/// The text of `docs/errors.md`, made from ``ProblemKind`` so that the two cannot differ.
enum ErrorReference {
    static func markdown(_ problems: [ProblemKind]) -> String {
        var text = """
            # Errors

            Every error is an `application/problem+json` document (RFC 9457) with `type`, `title`, `status`, `detail`,
            `code` and `instance` (the request id, also in `X-Request-ID`). Branch on `code`: it never changes meaning.
            `errors` lists the invalid fields as `{field, code, message}`. 401 and `insufficient_scope` carry
            `WWW-Authenticate` (RFC 6750), 429 and 503 carry `Retry-After`.

            | status | code | title |
            |---|---|---|

            """
        let kinds = problems.inOrder()
        for kind in kinds {
            text += "| \(kind.status.rawValue) | [`\(kind.code)`](#\(kind.slug)) | \(kind.title) |\n"
        }
        for kind in kinds {
            text += """

                ## \(kind.slug)

                `\(kind.code)`, \(kind.status.rawValue): \(kind.detail.hasSuffix(".") ? kind.detail : kind.detail + ".")

                \(kind.advice)

                """
        }
        return text
    }
}
