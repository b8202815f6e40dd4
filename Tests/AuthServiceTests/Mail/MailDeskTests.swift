// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import AuthService

@Suite("Mail desk")
struct MailDeskTests {
    @Test("work that fails is tried four times in all")
    func attempts() async {
        let desk = MailDesk(capacity: 2)
        let seen = Mutex<[Int]>([])
        #expect(
            desk.leave { attempt in
                seen.withLock { $0.append(attempt) }
                return .again
            })

        var rounds = 0
        while await desk.clear() > 0, rounds < 10 { rounds += 1 }

        #expect(seen.withLock { $0 } == [0, 1, 2, 3])
        #expect(desk.count == 0)
    }

    @Test("a full or closed desk takes nothing")
    func bounds() async {
        let desk = MailDesk(capacity: 1)
        #expect(desk.leave { _ in .done })
        #expect(!desk.leave { _ in .done })
        await desk.clear()
        #expect(desk.leave { _ in .done })
        await desk.clear()
        desk.close()
        #expect(!desk.leave { _ in .done })
    }

    @Test("closing lets what waits be done before the desk ends", .timeLimit(.minutes(1)))
    func closing() async {
        let desk = MailDesk(capacity: 10)
        let done = Mutex(0)
        for _ in 0..<5 {
            _ = desk.leave { _ in
                done.withLock { $0 += 1 }
                return .done
            }
        }
        desk.close()

        await desk.run()

        #expect(done.withLock { $0 } == 5)
    }
}
