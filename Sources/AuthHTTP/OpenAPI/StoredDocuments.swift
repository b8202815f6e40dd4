// SPDX-License-Identifier: Apache-2.0

import AuthCore
internal import AuthHTTPServer
internal import Synchronization

/// Large documents that are the same for every client: each is put together once, at the first request after roles have changed.
///
/// Names come from the program, never from a request, so that their number is bounded.
final class StoredDocuments: Sendable {
    /// A document as it is sent.
    struct Document {
        let body: [UInt8]
        let tag: String

        /// The reply to a request for it: without the body where the client has it already.
        func reply(to request: Request, _ block: HeaderBlock) -> Reply {
            guard !EntityTag.isNamed(tag, inNoneMatch: request.fields("if-none-match")) else {
                return Reply(.notModified, block, fields: [("etag", tag)])
            }
            return Reply(.ok, block, fields: [("etag", tag)], body: body)
        }
    }

    private struct Stored {
        let roles: RoleTable
        let document: Document
    }

    private let documents = Mutex<[String: Stored]>([:])

    /// The document of a name, which `make` puts together where it is asked for the first time with these roles.
    func document(_ name: String, for roles: RoleTable, make: () -> [UInt8]) -> Document {
        documents.withLock { documents in
            if let known = documents[name], known.roles == roles { return known.document }
            let body = make()
            let document = Document(body: body, tag: EntityTag.of(body))
            documents[name] = Stored(roles: roles, document: document)
            return document
        }
    }
}
