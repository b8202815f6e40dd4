// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Delivers one row: hands its mail to the mailer, or its event to the subscription.
struct OutboxDelivery: Sendable {
    /// What a delivery came to, and what the operator hears of a failure.
    struct Outcome: Sendable {
        let result: OutboxResult
        /// Given whether the row is given up.
        let report: (@Sendable (_ isFinal: Bool) -> ServiceEvent)?

        init(_ result: OutboxResult, report: (@Sendable (Bool) -> ServiceEvent)? = nil) {
            self.result = result
            self.report = report
        }
    }

    let core: ServiceCore
    let mailer: (any MailSending)?
    let mails: OutboxMails
    let subscriptions: [String: Subscription]

    /// What has workers here: nothing is leased that this process cannot deliver.
    var lines: [OutboxLine] {
        (mailer == nil ? [] : [.mails, .notices])
            + subscriptions.values.sorted { $0.name < $1.name }.map { .events(of: $0) }
    }

    /// Delivers a row that this process has leased.
    func deliver(_ row: OutboxRow) async -> Outcome {
        switch row.entry.lane {
        case .notice, .mail: await mail(row)
        case .event: await tell(row)
        }
    }

    private func mail(_ row: OutboxRow) async -> Outcome {
        guard let mailer else { return failed(.notConfigured) }
        let composition: OutboxMails.Composition
        do throws(AuthError) {
            composition = try await mails.compose(row, at: core.clock.now)
        } catch {
            return Outcome(.failed(OutboxFailure("the store: \(error.reason)")))
        }
        switch composition {
        case .moot: return Outcome(.moot)
        case .impossible(let failure):
            return Outcome(.failed(failure)) { .outboxRowUnreadable(row.number, isFinal: $0) }
        case .mail(let mail):
            do throws(MailError) {
                try await mailer.send(mail)
                return Outcome(.delivered)
            } catch {
                return failed(error)
            }
        }
    }

    private func failed(_ error: MailError) -> Outcome {
        let failure: OutboxFailure
        switch error {
        case .rejected(let diagnostic): failure = OutboxFailure(diagnostic, of: .row)
        case .postponed(let diagnostic), .unconfirmed(let diagnostic): failure = OutboxFailure(diagnostic)
        case .unavailable(let diagnostic), .clientRefused(let diagnostic):
            failure = OutboxFailure(diagnostic, of: .nextHop)
        case .notConfigured: failure = OutboxFailure("no mailer is configured", of: .nextHop)
        case .overloaded: failure = OutboxFailure("too many mails wait for the mailer", of: .nextHop)
        case .cancelled: failure = OutboxFailure("the mailer was closed", of: .nextHop)
        }
        return Outcome(.failed(failure)) { .mailFailed(error, isFinal: $0) }
    }

    private func tell(_ row: OutboxRow) async -> Outcome {
        guard let subscription = subscriptions[row.entry.destination], let event = AuthEvent(row) else {
            let failure = OutboxFailure("this version does not know the event \(row.entry.kind)")
            return Outcome(.failed(failure)) { .outboxRowUnreadable(row.number, isFinal: $0) }
        }
        do {
            try await subscription.handle(event)
            return Outcome(.delivered)
        } catch {
            // The type alone: what a handler throws may hold anything.
            let name = subscription.name
            let failure = OutboxFailure("the handler threw \(type(of: error))")
            return Outcome(.failed(failure)) { .eventFailed(subscription: name, event.kind, isFinal: $0) }
        }
    }
}
