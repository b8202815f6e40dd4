// SPDX-License-Identifier: Apache-2.0

/// What becomes of a request whose head has been read.
public enum RequestDecision<Admission: AdmittedRequest>: Sendable {
    /// It is answered already.
    case answered(Reply)
    /// It is answered by ``RequestHandler/respond(to:under:)``, which gets the admission.
    ///
    /// Indirect, so that a decision has the same layout for every handler: the server is not compiled for one handler, and
    /// reads a reply from memory without asking the runtime how large an admission is.
    indirect case deferred(Admission)
}
