// SPDX-License-Identifier: Apache-2.0

import AuthHTTP
import Hummingbird
import HummingbirdAuthd

/// The service's own routes, each behind its guard.
struct NotesRoutes {
    let notes: Notebook

    /// A router with authd's routes and these.
    func router(over api: AuthAPI) -> Router<BasicAuthdRequestContext> {
        let router = Router(context: BasicAuthdRequestContext.self)
        router.add(middleware: Authd.mount(api))

        router.group("notes").add(middleware: Authd.require(NotesAccess.read))
            .get { [notes] _, context in
                let user = try context.principal.user
                return "\(await notes.count(of: user.id)) notes of \(user.username?.original ?? user.id.description)\n"
            }
            .get(":number") { [notes] _, context in
                let caller = try context.principal.subject
                // A note that the caller may not see does not exist for them.
                guard let note = await notes.note(try context.parameters.require("number", as: Int.self)),
                    NotesAccess.maySee(noteOf: note.owner, caller)
                else { throw HTTPError(.notFound, message: "There is no such note.") }
                return note.text
            }
        router.group("notes").add(middleware: Authd.require(NotesAccess.write, limit: .write))
            .post { [notes] request, context in
                let text = String(buffer: try await request.body.collect(upTo: 1_024))
                return "\(await notes.add(text, of: try context.principal.user.id))"
            }
            .put(":number") { [notes] request, context in
                let number = try context.parameters.require("number", as: Int.self)
                let text = String(buffer: try await request.body.collect(upTo: 1_024))
                guard await notes.replace(number, by: text, of: try context.principal.user.id) else {
                    throw HTTPError(.notFound, message: "There is no such note.")
                }
                return HTTPResponse.Status.noContent
            }
        router.group("drafts").add(middleware: Authd.require(NotesAccess.drafts)).get { _, _ in "No drafts.\n" }
        // Open to anyone.
        router.get("about") { _, _ in "A service with notes.\n" }
        return router
    }
}
