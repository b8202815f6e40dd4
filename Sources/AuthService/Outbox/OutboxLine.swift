// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What has workers of its own in a process: a lane, and of the lane of events one subscription.
struct OutboxLine: Hashable, Sendable {
    let lane: OutboxLane
    let destination: String
    /// How many deliveries are under way at once.
    let workers: Int

    static let notices = OutboxLine(lane: .notice, destination: "", workers: 1)
    /// As many as a mailer has connections, because more would only wait there.
    static let mails = OutboxLine(lane: .mail, destination: "", workers: 2)

    static func events(of subscription: Subscription) -> OutboxLine {
        OutboxLine(lane: .event, destination: subscription.name, workers: 1)
    }
}
