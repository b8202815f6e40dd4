// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

// `UserStore` documents the members.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLAuthStore {
    public func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken?, action: AuditAction,
        context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await driver.perform(
            UserOperations.create(
                user, passwordHash: passwordHash, verification: verification, action: action, context: context))
    }

    public func user(withID id: UserID) async throws(StoreError) -> User? {
        try await driver.perform(UserOperations.user(withID: id))
    }

    public func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential? {
        try await driver.perform(UserOperations.credential(for: identifier, decoy: decoy))
    }

    public func credential(of id: UserID) async throws(StoreError) -> UserCredential? {
        try await driver.perform(UserOperations.credential(of: id))
    }

    public func changeProfile(
        of id: UserID, by change: ProfileChange, undo: AddressUndoOffer?, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try await driver.perform(UserOperations.changeProfile(of: id, by: change, undo: undo, context: context))
    }

    public func perform(
        _ action: AdministrativeAction, on id: UserID, reservingUsernameUntil reservation: Timestamp?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try await driver.perform(
            AdministrationOperations.perform(action, on: id, reservingUsernameUntil: reservation, context: context))
    }

    public func abandonedRegistrations(
        madeBefore cutoff: Timestamp, limit: Int
    ) async throws(StoreError) -> [User] {
        try await driver.perform(AbandonedRegistrationOperations.oldest(madeBefore: cutoff, limit: limit))
    }

    public func removeAbandonedRegistration(
        _ id: UserID, madeBefore cutoff: Timestamp, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await driver.perform(
            AbandonedRegistrationOperations.remove(id, madeBefore: cutoff, context: context))
    }

    public func hasAdministrator() async throws(StoreError) -> Bool {
        try await driver.perform(AdministrationOperations.hasAdministrator)
    }

    public func createFirstAdministrator(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken?, context: OperationContext
    ) async throws(StoreError) -> FirstAdministratorCreation {
        try await driver.perform(
            AdministrationOperations.createFirst(
                user, passwordHash: passwordHash, verification: verification, context: context))
    }

    public func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try await driver.perform(UserListOperations.page(query))
    }

    public func userCount() async throws(StoreError) -> Int64 {
        try await driver.perform(UserOperations.count)
    }
}
