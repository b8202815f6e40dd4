// SPDX-License-Identifier: Apache-2.0

package import AuthCore
internal import AuthCrypto
internal import AuthService
internal import AuthStore
package import AuthStoreSQL
internal import AuthTesting

extension AuditForgery {
    /// How a service met a forgery, and what came after it.
    package struct Course: Hashable, Sendable {
        /// How many events were sealed: six under each of two root keys, then the one that follows the forgery.
        package let sealed: [Int]
        /// What verifying the log named: before the forgery, after it, and after the service tried to seal.
        package let faults: [AuditFault?]
        /// Why the service refused to seal.
        package let refusals: [AuditFault]
        /// What came of repairing and accepting the log; `nil` where the service went on sealing.
        package let repair: Repair?
    }

    /// A log that was repaired, and accepted if it still did not continue the last signed head.
    package struct Repair: Hashable, Sendable {
        /// Whether what was pending was accepted, or nothing was and the log verifies.
        package let isSettled: Bool
        /// Whether what had not been sealed was sealed then.
        package let sealsAgain: Bool
        /// Whether the service says that it seals.
        package let isSealing: Bool
        /// Whether anything is left to accept.
        package let isPending: Bool
    }

    /// The course as it should be.
    package var expectedCourse: Course {
        Course(
            sealed: [6, 6, sealing == nil ? 1 : 0], faults: [nil, verified, verified],
            refusals: [sealing].compactMap(\.self),
            repair: sealing == nil
                ? nil : Repair(isSettled: true, sealsAgain: true, isSealing: true, isPending: false))
    }

    /// Makes the log in an empty database, forges it behind the back of a running service, and lets the operator repair and
    /// accept it.
    package func course(in driver: some SQLDriver) async throws -> Course {
        try await SchemaMigrator(driver).up(at: Timestamp(seconds: 1))
        let store = SQLAuthStore(driver)
        func record(_ count: Int) async throws {
            let context = OperationContext(
                now: Timestamp(seconds: 1_800_000_000), source: "192.0.2.1", userAgent: "probe", requestID: "r")
            try await store.record((0..<count).map { _ in AuditEvent(.mailFailed, in: context) })
        }
        let (old, new) = (RootKey(random: SeededRandom(seed: 1)), RootKey(random: SeededRandom(seed: 2)))
        let before = try await TestAuthority(store: store) { $0.rootKeys = RootKeys(current: old) }
        try await record(6)
        var sealed = [try await before.service.audit.seal()]
        let authority = try await TestAuthority(store: store, seed: 2) {
            $0.rootKeys = RootKeys(current: new, previous: [old])
        }
        let audit = authority.service.audit
        try await record(6)
        sealed.append(try await audit.seal())
        var faults = [try await audit.verify().fault]

        try await commit(in: driver)

        faults.append(try await audit.verify().fault)
        try await record(1)
        sealed.append(try await audit.seal())
        faults.append(try await audit.verify().fault)
        let refusals = authority.events.all.compactMap { event -> AuditFault? in
            if case .auditSealingRefused(let refusal) = event { refusal.fault } else { nil }
        }
        guard sealing != nil else { return Course(sealed: sealed, faults: faults, refusals: refusals, repair: nil) }

        try await driver.perform(SQLOperation(.write, .commit(repair, ())))
        let isSettled =
            if let restore = try await audit.pendingRestore() {
                try await audit.accept(restore, by: "Ada") != nil
            } else {
                try await audit.verify().fault == nil
            }
        return Course(
            sealed: sealed, faults: faults, refusals: refusals,
            repair: Repair(
                isSettled: isSettled, sealsAgain: try await audit.seal() > 0, isSealing: audit.health.isSealing,
                isPending: try await audit.pendingRestore() != nil))
    }
}
