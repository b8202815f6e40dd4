// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Writing mails of Supabase's API.
enum SupabaseMailOperations {
    /// X3: an address that is asked for is in the change feed.
    static func issue(
        _ order: SupabaseMailOrder, under terms: MailTerms, answering claim: MailRequestClaim?,
        context: OperationContext
    ) -> SQLOperation<Committed<OneTimeTokenIssuance?>> {
        let id = order.mails.first?.token.userID ?? OutboxColumns.noUser
        let mail = SupabaseMailReads(order, terms, at: context.now)
        let request = claim.map { [LockedRows.mailRequest($0.number)] } ?? []
        let reads = [LockedRows.user(id), SupabaseStatements.flows(of: id)] + mail.statements + request
        return SQLOperation(
            order.asking == nil ? .write : .writeFeed,
            .run(reads) { (results) throws(StoreError) in
                guard results.count == reads.count, let last = results.last else {
                    throw .corrupt("a statement gave no result")
                }
                var answered: AnsweredRequest?
                if let claim { answered = try LockedRows.answered(claim, in: last) }
                let rows = try mail.rows(
                    in: results[2...], flows: try SupabaseStatements.flows(in: results[1]), answering: answered)
                let plan = StorePlan<OneTimeTokenIssuance?>.issueSupabaseMail(
                    order, under: terms, for: try LockedRows.user(in: results[0]), rows: rows, context: context)
                guard !plan.writes.isEmpty else { return .rollback(plan.committed) }
                return .commit(plan, at: context.now)
            })
    }
}

/// The reads that mails are decided on, beside the user's row and flows.
struct SupabaseMailReads: Sendable {
    private let count: Int
    /// Two for each mail, and one for the budget.
    let statements: [Statement]

    /// The reads for an order.
    init(_ order: SupabaseMailOrder, _ terms: MailTerms, at now: Timestamp) {
        count = order.mails.count
        let beside = order.mails.flatMap { mail in
            [
                OneTimeTokenOperations.others(beside: mail.token),
                SupabaseStatements.codeFlows(of: mail.flow?.supabase?.address ?? "", at: now),
            ]
        }
        let budget = order.mails.first.map {
            OneTimeTokenOperations.budget(under: MailBudgetKey($0.token, terms))
        }
        statements = beside + (budget.map { [$0] } ?? [])
    }

    /// The rows in results that begin with those of ``statements``.
    func rows(
        in results: ArraySlice<SQLResult>, flows: [MailedFlow], answering request: AnsweredRequest?
    ) throws(StoreError) -> SupabaseMailRows {
        guard results.count >= statements.count else { throw .corrupt("a statement gave no result") }
        let first = results.startIndex
        var beside: [SupabaseMailRows.Beside] = []
        for mail in 0..<count {
            beside.append(
                SupabaseMailRows.Beside(
                    tokens: try OneTimeTokenOperations.tokens(in: results[first + 2 * mail]),
                    codes: try SupabaseStatements.flows(in: results[first + 2 * mail + 1])))
        }
        let budget = count == 0 ? MailBudget() : try OneTimeTokenOperations.budget(in: results[first + 2 * count])
        return SupabaseMailRows(beside: beside, budget: budget, flows: flows, request: request)
    }
}
