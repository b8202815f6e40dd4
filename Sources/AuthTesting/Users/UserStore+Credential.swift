// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore

extension UserStore {
    /// The user with an identifier, where the cost of an unknown one does not matter.
    package func credential(for identifier: Identifier) async throws(StoreError) -> UserCredential? {
        try await credential(for: identifier, decoy: UserID(UUIDv7(high: 0, low: 0)))
    }
}
