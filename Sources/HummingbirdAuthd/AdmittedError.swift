// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import HTTPTypes
    internal import Hummingbird

    /// What a route behind a guard has thrown, with the fields of the admitted request.
    struct AdmittedError: HTTPResponseError {
        let error: any HTTPResponseError
        let fields: HTTPFields

        var status: HTTPResponse.Status { error.status }

        func response(from request: Request, context: some RequestContext) throws -> Response {
            var response = try error.response(from: request, context: context)
            response.headers.admit(fields)
            return response
        }
    }

    extension AdmittedError: CustomStringConvertible {
        /// As the route's own error, for logs.
        var description: String { "\(error)" }
    }
#endif
