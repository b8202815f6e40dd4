// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTPServer
package import AuthService

/// A request that has passed the gate, with all that a route needs to do its work.
package struct Call: Sendable {
    package let request: Request
    package let id: RequestID
    /// The values of the route's path parameters, by name.
    package let parameters: PathParameters
    /// The query as sent.
    package let query: String?
    /// `nil` only for a route that is open to anyone.
    package let caller: Caller?
    /// The source; unknown where the event loop answers from memory, which is never limited.
    package let client: ClientAddress?
    /// When the request was read.
    package let now: Timestamp
    package let replies: ReplyFactory
    /// Whether the caller's token came in a cookie, and answers with new tokens must go there too.
    package let isByCookie: Bool
    /// Counts the request under a further class of limit; only given to routes that are not answered from memory.
    package var countAlso: (@Sendable (LimitClass) async throws(Refusal) -> Void)?

    /// The caller of a route that is not open to anyone.
    ///
    /// - Throws: `.unauthenticated` if the route was declared as open, so that a mistake refuses and does not trap.
    package func principal() throws(Refusal) -> Principal {
        guard let principal = caller?.principal else { throw Refusal(.unauthenticated) }
        return principal
    }

    /// The id that the path has for one of the route's parameters.
    ///
    /// - Throws: `.notFound` for text that nothing can have as id.
    package func pathID<ID>(_ name: String, _ parse: (String) -> ID?) throws(Refusal) -> ID {
        guard let id = parameters[name].flatMap(parse) else { throw Refusal(.notFound) }
        return id
    }

    /// The user that the path names as `{id}`.
    ///
    /// - Throws: `.notFound` for text that no user can have as id.
    package func userID() throws(Refusal) -> UserID {
        try pathID("id") { UserID(parsing: $0) }
    }

    /// What the service is told about the client, for the audit.
    package var context: ClientContext {
        ClientContext(
            source: client?.address?.description, sourceGroup: client?.bucket?.description,
            sourceNetwork: client?.network, userAgent: request.field("user-agent"), requestID: id.description)
    }

    /// The body's fields, in whichever of the formats it was sent.
    ///
    /// - Throws: `.unsupportedMediaType`, `.malformedJSON`, `.malformedForm`.
    package func fields(_ formats: [BodyFormat]) throws(Refusal) -> FieldReader {
        try Self.fields(of: request, formats)
    }

    /// The fields of a request's body, also before the request has passed the gate.
    ///
    /// - Throws: As ``fields(_:)``.
    static func fields(of request: Request, _ formats: [BodyFormat]) throws(Refusal) -> FieldReader {
        guard ContentCoding.isIdentity(request.fields("content-encoding")) else {
            throw Refusal.unsupportedCoding
        }
        let types = request.fields("content-type")
        guard types.count == 1, let format = types.first.flatMap({ BodyFormat(contentType: $0) }),
            formats.contains(format)
        else { throw Refusal(.unsupportedMediaType) }
        switch format {
        case .json: return FieldReader(try object(request.body))
        case .form: return FieldReader(try form(request.body))
        }
    }

    /// The object of a JSON body, for contracts whose members a ``FieldReader`` does not read.
    ///
    /// Clients may leave the type out. With `allowingEmpty` no body is an object without members.
    ///
    /// - Throws: `.unsupportedMediaType`, `.malformedJSON`.
    package func object(allowingEmpty: Bool) throws(Refusal) -> JSONObject {
        guard ContentCoding.isIdentity(request.fields("content-encoding")) else { throw Refusal.unsupportedCoding }
        if request.body.isEmpty, allowingEmpty { return JSONObject() }
        let types = request.fields("content-type")
        guard types.count <= 1, types.allSatisfy({ BodyFormat(contentType: $0) == .json }) else {
            throw Refusal(.unsupportedMediaType)
        }
        return try Self.object(request.body)
    }

    /// The query's parameters.
    ///
    /// - Throws: `.invalidQuery` if it is malformed, or has a parameter twice or one that is not in `names`.
    package func queryFields(_ names: [String]) throws(Refusal) -> FieldReader {
        let pairs: [(name: String, value: String)]
        do throws(FormReader.Failure) {
            pairs = try FormReader.read((query ?? "")[...])
        } catch {
            throw Refusal(.invalidQuery, violations: [Self.violation(error)])
        }
        let unknown = pairs.filter { pair in !names.contains { $0.hasSameOctets(as: pair.name) } }
        guard unknown.isEmpty else {
            throw Refusal(
                .invalidQuery,
                violations: unknown.map {
                    FieldViolation(field: $0.name, code: "unknown", message: "This route does not have this parameter.")
                })
        }
        return FieldReader(pairs, problem: .invalidQuery)
    }

    /// What is wrong with a query that cannot be read: at the parameter where it is known, or else at `query`.
    private static func violation(_ failure: FormReader.Failure) -> FieldViolation {
        switch failure {
        case .malformed:
            FieldViolation(
                field: "query", code: "malformed", message: "A percent escape is incomplete or is no UTF-8.")
        case .repeated(let name):
            FieldViolation(field: name, code: "repeated", message: "This parameter may be given only once.")
        case .tooMany:
            FieldViolation(field: "query", code: "too_many", message: "There are too many parameters.")
        }
    }

    private static func object(_ body: [UInt8]) throws(Refusal) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(body)
        } catch {
            throw Refusal(.malformedJSON)
        }
        guard let object = value.objectValue else { throw Refusal(.malformedJSON) }
        return object
    }

    private static func form(_ body: [UInt8]) throws(Refusal) -> [(name: String, value: String)] {
        guard let text = String(validating: body, as: UTF8.self) else { throw Refusal(.malformedForm) }
        do throws(FormReader.Failure) {
            return try FormReader.read(text[...])
        } catch {
            throw Refusal(.malformedForm)
        }
    }
}
