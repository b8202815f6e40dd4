// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == Void {
    /// The writes for a guest whose row is in place, as X1 says.
    package static func signUpAnonymously(
        _ user: User, session: Session, context: OperationContext
    ) throws(StoreError) -> StorePlan {
        let opening = StorePlan<SessionOpening>.openSession(
            session.owned(by: user.id), for: user, expecting: user.epoch, limit: nil, alive: [], replacing: nil,
            context: context)
        guard case .opened = opening.outcome else { throw .conflict }
        var writes = StorePlan<UserCreation>.createUser(
            user, passwordHash: nil, verification: nil, action: .userRegistered, context: context
        ).writes
        // The count stays the last write: other creations wait for it.
        let count = writes.removeLast()
        return StorePlan((), writes + opening.writes + [count])
    }
}
