// SPDX-License-Identifier: Apache-2.0

/// What becomes of a request whose head has been read.
public enum RequestDecision: Sendable {
    /// It is answered already.
    case answered(Reply)
    /// It is answered by a task, once its body has been read.
    case deferred(AdmittedRequest)
}
