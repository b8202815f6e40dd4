// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// One requirement of the `AuthStore` contract as a runnable check.
///
/// A check is given a store of its own, empty and fresh, and leaves nothing behind that outlives it. It needs no test
/// framework: it returns, or throws the violation.
public struct StoreCheck: Sendable, Identifiable, CustomStringConvertible {
    /// The numbered clause that the check belongs to, such as `S3`.
    public let clause: String
    /// The requirement, as a sentence without a full stop.
    public let name: String
    /// Runs the check; throws `ConformanceFailure` where the store violates it, or the store's own error.
    public let run: @Sendable (any AuthStore) async throws -> Void

    /// Describes a check.
    public init(_ clause: String, _ name: String, run: @escaping @Sendable (any AuthStore) async throws -> Void) {
        self.clause = clause
        self.name = name
        self.run = run
    }

    init(_ clause: String, _ name: String, on run: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
        self.init(clause, name, run: { try await run(StoreUnderTest(store: $0)) })
    }

    /// Identifies the check in reports, uniquely among all.
    public var id: String { "\(clause): \(name)" }

    /// The same as ``id``.
    public var description: String { id }
}

/// Every check of the contract: the service can use a store that passes them all.
///
/// ```swift
/// @Test(arguments: StoreConformance.allChecks)
/// func conforms(_ check: StoreCheck) async throws {
///     try await check.run(InMemoryAuthStore())
/// }
/// ```
public enum StoreConformance {
    /// The checks, by clause.
    public static let allChecks: [StoreCheck] =
        GeneralChecks.all + OrphanChecks.all + RoundTripChecks.all + PurgeChecks.all + UserChecks.all
        + ProfileChecks.all + AddressChangeChecks.all + AddressUndoChecks.all
        + PasswordChecks.all + AdministrationChecks.all + ReservationChecks.all + AbandonedRegistrationChecks.all
        + FirstAdministratorChecks.all + UserListChecks.all + SessionChecks.all
        + SessionLimitChecks.all + RefreshChecks.all + RefreshWalkChecks.all + RaceChecks.all
        + ReauthenticationChecks.all
        + OneTimeTokenChecks.all + RedemptionChecks.all + MailSignInChecks.all + BindingChecks.all
        + MailedFlowChecks.all + MailRequestChecks.all + SignInLimitChecks.all + SourceLimitChecks.all
        + SigningKeyChecks.all
        + InvitationChecks.all + InvitationAcceptanceChecks.all
        + ProviderFlowChecks.all + ArrivalChecks.all + ArrivalRaceChecks.all + IdentityChecks.all
        + IdentityBindingChecks.all
        + SupabaseMailChecks.all + SupabaseRedemptionChecks.all + SupabaseCodeChecks.all + SupabaseUpdateChecks.all
        + SupabaseAdministrationChecks.all + SupabaseKeyChecks.all + SupabaseRaceChecks.all
        + RoleChecks.all + ChangeFeedChecks.all + AuditChecks.all + OutboxChecks.all + OutboxCauseChecks.all
}
