// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `ChangeFeed` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await driver.perform(ChangeFeedOperations.snapshot(since: since))
    }

    public func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        try await driver.perform(ChangeFeedOperations.changes(after: place, limit: limit))
    }

    public func changeSignals() -> AsyncStream<Void> {
        driver.changeSignals()
    }
}
