// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Administrative actions")
struct AdministrativeActionTests {
    let now = Timestamp(seconds: 2_000)
    let other = UserID(UUIDv7(high: 9, low: 9))

    func user(_ role: Role, isActive: Bool = true) -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), role: role, isActive: isActive, epoch: UserEpoch(4),
            createdAt: Timestamp(seconds: 1_000))
    }

    @Test("a new role raises the epoch and keeps the sessions")
    func setRole() {
        var expected = user(.admin)
        expected.epoch = UserEpoch(now.microseconds)
        expected.updatedAt = now

        #expect(
            AdministrativeAction.setRole(.admin).decide(on: user(.user), by: other, activeAdmins: 1, at: now)
                == .update(expected, endsSessions: false))
    }

    @Test("deactivating ends the sessions, activating does not")
    func setActive() throws {
        let off = AdministrativeAction.setActive(false).decide(on: user(.user), by: other, activeAdmins: 1, at: now)
        let on = AdministrativeAction.setActive(true)
            .decide(on: user(.user, isActive: false), by: other, activeAdmins: 1, at: now)

        guard case .update(let disabled, endsSessions: true) = off else {
            Issue.record("deactivating came to \(off)")
            return
        }
        #expect(!disabled.isActive && disabled.epoch == UserEpoch(now.microseconds))
        guard case .update(let enabled, endsSessions: false) = on else {
            Issue.record("activating came to \(on)")
            return
        }
        #expect(enabled.isActive && enabled.epoch == UserEpoch(now.microseconds))
    }

    @Test("an action without effect changes nothing, even for the last administrator")
    func unchanged() {
        let actions: [(AdministrativeAction, User)] = [
            (.setRole(.admin), user(.admin)), (.setActive(true), user(.admin)),
            (.setActive(false), user(.admin, isActive: false)),
        ]
        for (action, target) in actions {
            #expect(action.decide(on: target, by: target.id, activeAdmins: 1, at: now) == .unchanged)
        }
    }

    @Test("administrators cannot demote, disable or delete themselves")
    func oneself() {
        let admin = user(.admin)
        for action in [AdministrativeAction.setRole(.user), .setActive(false), .delete] {
            #expect(action.decide(on: admin, by: admin.id, activeAdmins: 5, at: now) == .refuse(.oneself))
        }
    }

    @Test("the last active administrator cannot be removed, not even by the command line")
    func lastAdmin() {
        for actor in [other, nil] {
            for action in [AdministrativeAction.setRole(.user), .setActive(false), .delete] {
                #expect(
                    action.decide(on: user(.admin), by: actor, activeAdmins: 1, at: now) == .refuse(.lastActiveAdmin))
                #expect(
                    action.decide(on: user(.admin), by: actor, activeAdmins: 2, at: now) != .refuse(.lastActiveAdmin))
            }
        }
    }

    @Test("a ban revokes the tokens and keeps the sessions, and is lifted in the same way")
    func bans() {
        let end = now + .seconds(3_600)
        var banned = user(.user)
        banned.bannedUntil = end
        var expected = banned
        expected.epoch = UserEpoch(now.microseconds)
        expected.updatedAt = now
        var lifted = expected
        lifted.bannedUntil = nil

        #expect(
            AdministrativeAction.ban(until: end).decide(on: user(.user), by: other, activeAdmins: 1, at: now)
                == .update(expected, endsSessions: false))
        #expect(
            AdministrativeAction.ban(until: nil).decide(on: banned, by: other, activeAdmins: 1, at: now)
                == .update(lifted, endsSessions: false))
        #expect(
            AdministrativeAction.ban(until: end).decide(on: banned, by: other, activeAdmins: 1, at: now) == .unchanged)
    }

    @Test(
        "the last active administrator is neither banned nor softly deleted, and no administrator does so to themselves"
    )
    func bansOfAdministrators() {
        for action in [AdministrativeAction.ban(until: now + .seconds(1)), .softDelete] {
            #expect(action.decide(on: user(.admin), by: other, activeAdmins: 1, at: now) == .refuse(.lastActiveAdmin))
            #expect(action.decide(on: user(.admin), by: other, activeAdmins: 2, at: now) != .refuse(.lastActiveAdmin))
            let admin = user(.admin)
            #expect(action.decide(on: admin, by: admin.id, activeAdmins: 5, at: now) == .refuse(.oneself))
        }
        var banned = user(.admin)
        banned.bannedUntil = now + .seconds(1)
        let lifting = AdministrativeAction.ban(until: nil).decide(on: banned, by: nil, activeAdmins: 1, at: now)
        #expect(lifting != .refuse(.lastActiveAdmin) && lifting != .unchanged)
    }

    @Test(
        "a soft deletion leaves nothing that names the user, and only a deletion does anything to the user afterwards")
    func softDeletion() throws {
        var target = user(.user)
        target.username = try Username("ada")
        target.email = try EmailAddress("ada@example.test")
        target.emailVerifiedAt = now
        target.newEmail = try EmailAddress("new@example.test")
        target.fullName = try FullName("Ada Lovelace")
        target.locale = LanguageTag("de-AT")
        target.appMetadata = #"{"plan":"free"}"#
        target.userMetadata = #"{"city":"London"}"#
        var expected = user(.user, isActive: false)
        expected.deletedAt = now
        expected.epoch = UserEpoch(now.microseconds)
        expected.updatedAt = now

        let outcome = AdministrativeAction.softDelete.decide(on: target, by: other, activeAdmins: 1, at: now)
        #expect(outcome == .update(expected, endsSessions: true))
        guard case .update(let deleted, endsSessions: true) = outcome else { return }
        #expect(deleted.hasSameMetadata(as: expected) && !deleted.mayHoldSession(at: now))
        let actions: [AdministrativeAction] = [
            .setRole(.admin), .setActive(true), .ban(until: now + .seconds(1)), .softDelete,
        ]
        for action in actions {
            #expect(action.decide(on: deleted, by: other, activeAdmins: 1, at: now) == .unchanged)
        }
        #expect(AdministrativeAction.delete.decide(on: deleted, by: other, activeAdmins: 1, at: now) == .remove)
        var guest = user(.guest)
        guest.isAnonymous = true
        guard
            case .update(let gone, endsSessions: true) = AdministrativeAction.softDelete.decide(
                on: guest, by: other, activeAdmins: 1, at: now)
        else {
            Issue.record("a guest is not deleted")
            return
        }
        #expect(gone.isAnonymous)
    }

    @Test("an inactive administrator is not the last active one")
    func inactiveAdmin() {
        #expect(
            AdministrativeAction.delete.decide(on: user(.admin, isActive: false), by: other, activeAdmins: 1, at: now)
                == .remove)
    }

    @Test("a banned administrator is not the last active one, and is again once the ban is over")
    func bannedAdmin() {
        for action in [AdministrativeAction.setRole(.user), .setActive(false), .softDelete, .delete] {
            var banned = user(.admin)
            banned.bannedUntil = now + .microseconds(1)
            #expect(action.decide(on: banned, by: other, activeAdmins: 1, at: now) != .refuse(.lastActiveAdmin))
            banned.bannedUntil = now
            #expect(action.decide(on: banned, by: other, activeAdmins: 1, at: now) == .refuse(.lastActiveAdmin))
        }
    }
}
