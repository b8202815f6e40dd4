// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Revocations in memory")
struct RevocationStateTests {
    let session = SessionID(UUIDv7(high: 1, low: 1))
    let user = UserID(UUIDv7(high: 2, low: 2))
    let now = Timestamp(seconds: 1_000)
    let boot = BootInstant(microseconds: 7)

    @Test("an ended session, an older epoch and a deleted user are revoked, and others are not")
    func kinds() {
        let otherSession = SessionID(UUIDv7(high: 1, low: 2))
        let otherUser = UserID(UUIDv7(high: 2, low: 3))
        var state = RevocationState()
        state.apply(.sessionEnded(session, userID: user), at: now, heard: boot)
        state.apply(.epochRaised(otherUser, UserEpoch(3)), at: now, heard: boot)

        #expect(state.isRevoked(session, of: user, epoch: UserEpoch(9)))
        #expect(!state.isRevoked(otherSession, of: user, epoch: .first))
        #expect(state.isRevoked(otherSession, of: otherUser, epoch: UserEpoch(2)))
        #expect(!state.isRevoked(otherSession, of: otherUser, epoch: UserEpoch(3)))
        #expect(!state.isRevoked(nil, of: user, epoch: .first))
        #expect(state.isRevoked(nil, of: otherUser, epoch: .first))
        state.apply(.userDeleted(user), at: now, heard: boot)
        #expect(state.isRevoked(otherSession, of: user, epoch: UserEpoch(9)))
    }

    @Test("tokens of a role with an earlier epoch of it are revoked, and those of other roles are not")
    func roles() {
        var state = RevocationState()
        state.apply(.roleNarrowed("editor", RoleEpoch(5)), at: now, heard: boot)
        state.apply(.roleNarrowed("editor", RoleEpoch(4)), at: now, heard: boot)
        state.apply(.rolesChanged, at: now, heard: boot)

        #expect(state.isRevoked("editor", epoch: RoleEpoch(4)) && !state.isRevoked("editor", epoch: RoleEpoch(5)))
        #expect(!state.isRevoked("author", epoch: .first))
        #expect(state.count == 1)
        let late = ClockReading(wall: now + .seconds(61), boot: boot + .seconds(61))
        state.forget(olderThan: .seconds(60), at: late)
        #expect(state.count == 0 && !state.isRevoked("editor", epoch: .first))
    }

    @Test("epochs only rise, whatever the order of the entries")
    func order() {
        var state = RevocationState()
        state.apply(.epochRaised(user, UserEpoch(3)), at: now, heard: boot)
        state.apply(.epochRaised(user, UserEpoch(2)), at: now + .seconds(1), heard: boot)

        #expect(state.isRevoked(session, of: user, epoch: UserEpoch(2)))
    }

    @Test("a revocation is kept until both clocks say that its tokens have expired")
    func forgetting() {
        var state = RevocationState()
        state.apply(.sessionEnded(session, userID: user), at: now, heard: boot)
        state.apply(.userDeleted(user), at: now, heard: boot)
        state.apply(.epochRaised(user, UserEpoch(1)), at: now, heard: boot)

        func forget(after wall: Duration, _ boot: Duration) {
            state.forget(olderThan: .seconds(60), at: ClockReading(wall: now + wall, boot: self.boot + boot))
        }
        let late = Duration.seconds(60) + .microseconds(1)
        for (wall, boot) in [
            (.seconds(60), .seconds(60)), (.seconds(9_000), .seconds(60)), (late, .zero), (.zero, late),
        ] {
            forget(after: wall, boot)
            #expect(state.count == 3, "\(wall) by the system clock, \(boot) in truth")
        }
        forget(after: late, late)
        #expect(state.count == 0)
    }
}
