// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Proving again, in a live session, who the user is.
enum ReauthenticationOperations {
    /// S13 and S14.
    ///
    /// The feed's lock is taken only where credentials become bound.
    static func reauthenticate(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext
    ) -> SQLLadder<Committed<ReauthenticationOutcome>> {
        let alone = SQLOperation<Committed<ReauthenticationOutcome>?>(
            .write,
            locked(id, of: userID, by: proof, context: context) { .commitWithoutFeed($0, at: context.now) })
        let binding = SQLOperation(
            .writeFeed,
            locked(id, of: userID, by: proof, context: context) { .commit($0, at: context.now) })
        return SQLLadder([alone], orElse: binding)
    }

    private static func locked<Output: Sendable>(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext,
        _ next: @escaping @Sendable (StorePlan<ReauthenticationOutcome>) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        var reads = [LockedRows.user(userID), LockedRows.session(id, of: userID)]
        if let flow = proof.flowID { reads.append(LockedRows.flow(flow)) }
        let count = reads.count
        return .run(reads) { (results) throws(StoreError) in
            guard results.count == count else { throw .corrupt("a statement gave no result") }
            let user = try LockedRows.user(in: results[0])
            let session = try LockedRows.session(in: results[1])
            let flow = proof.flowID == nil ? nil : try LockedRows.flow(in: results[2])
            guard let key = flow?.token else {
                return next(
                    StorePlan.reauthenticate(session, of: user, by: proof, flow: flow, token: nil, context: context))
            }
            return .run(LockedRows.oneTimeToken(key)) { (result) throws(StoreError) in
                next(
                    StorePlan.reauthenticate(
                        session, of: user, by: proof, flow: flow, token: try LockedRows.oneTimeToken(in: result),
                        context: context))
            }
        }
    }
}
