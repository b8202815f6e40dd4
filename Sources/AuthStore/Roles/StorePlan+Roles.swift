// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension StorePlan where Outcome == RoleChangeOutcome {
    /// Changes the stored roles, as R1 to R3 say; `held` has those of `RoleChange.candidates` that a user holds.
    package static func changeRoles(
        _ roles: [StoredRole], by change: RoleChange, under rules: RoleRules, held: Set<Role>, context: OperationContext
    ) -> StorePlan {
        func audit(_ action: AuditAction, refusal: String? = nil) -> StoreWrite {
            .appendAudit(AuditEvent(action, refusal: refusal, in: context))
        }
        let decision = change.decide(on: roles, under: rules, held: held, at: context.now)
        switch decision.outcome {
        case .refused(let refusal):
            let action: AuditAction =
                switch change {
                case .define, .load: .roleDefined
                case .remove: .roleRemoved
                }
            return StorePlan(decision.outcome, [audit(action, refusal: refusal.rawValue)])
        case .done:
            guard !decision.put.isEmpty || !decision.remove.isEmpty else { return StorePlan(decision.outcome) }
            let written = decision.put.map(StoreWrite.putRole) + decision.remove.map(StoreWrite.removeRole)
            let narrowed = decision.narrowed.map { StoreWrite.appendChange(.roleNarrowed($0.role, $0.epoch)) }
            let events =
                decision.put.map { _ in audit(.roleDefined) } + decision.remove.map { _ in audit(.roleRemoved) }
            return StorePlan(decision.outcome, written + narrowed + [.appendChange(.rolesChanged)] + events)
        }
    }
}
