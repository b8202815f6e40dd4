// SPDX-License-Identifier: Apache-2.0

import AuthService
import Testing

@testable import authd

@Suite("Notices that are turned off")
struct DisabledNoticesTests {
    @Test("every notice that can be turned off can be named")
    func named() throws {
        let notices = MailTemplate.all.filter(\.canBeTurnedOff)
        let names = notices.map(\.name).joined(separator: ", ")
        let configuration = try DaemonConfiguration.read(["DISABLED_NOTICES": names])
        #expect(configuration.service.disabledNotices == Set(notices))
        #expect(!notices.isEmpty)
    }

    @Test(
        "a mail that does not exist or must be sent stops the start",
        arguments: ["password_changed", "password_reset", "refresh_reuse", "REFRESH_REUSED", "refresh_reused,?"])
    func refused(_ text: String) {
        let problems = DaemonConfiguration.problems(in: ["DISABLED_NOTICES": text])
        #expect(problems.count == 1)
        let entry = text.hasSuffix("?") ? "?" : text
        #expect(
            problems.first?.hasPrefix(
                "DISABLED_NOTICES has the entry \"\(entry)\", which is no mail that can be turned off; ") == true)
    }
}
