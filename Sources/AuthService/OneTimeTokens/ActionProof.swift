// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What a client presents to complete a mailed action, as it came from outside.
///
/// The token of the link alone counts as opened elsewhere. With the handle of the same flow it counts as opened by the client that
/// asked. The code counts beside the handle or beside the token.
public struct ActionProof: Sendable {
    /// The token of the link.
    public let token: String?
    /// The handle that the answer to the request gave out.
    public let handle: String?
    /// The code of the mail, as typed.
    public let code: String?

    /// Takes what was presented; white space around it is ignored, and empty texts count as absent.
    public init(token: String? = nil, handle: String? = nil, code: String? = nil) {
        func read(_ text: String?) -> String? {
            guard let trimmed = text.map(TypedText.trimmed), !trimmed.isEmpty else { return nil }
            return trimmed
        }
        (self.token, self.handle, self.code) = (read(token), read(handle), read(code))
    }
}

extension ActionProof: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "ActionProof(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
