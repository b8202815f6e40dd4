// SPDX-License-Identifier: Apache-2.0

package import AuthHTTP
package import AuthHTTPServer

extension ActionPage {
    /// The page as a reply that no cache keeps and that sends no address of its own to others.
    package func reply(_ replies: ReplyFactory, status: Status = .ok) -> Reply {
        Reply(
            status,
            replies.publicBlock(contentType: Self.contentType, cacheControl: "no-store", policy: Self.policy),
            body: octets)
    }
}
