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

    @Test("an inactive administrator is not the last active one")
    func inactiveAdmin() {
        #expect(
            AdministrativeAction.delete.decide(on: user(.admin, isActive: false), by: other, activeAdmins: 1, at: now)
                == .remove)
    }
}
