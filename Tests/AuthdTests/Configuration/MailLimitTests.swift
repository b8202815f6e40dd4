// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import Testing

@testable import authd

@Suite("Limits and pages of mailed actions") struct MailLimitTests {
    @Test("the limit of an address is two counts", arguments: [("3/h,10/d", 3, 10), (" 4/h , 4/d", 4, 4)])
    func limits(text: String, hourly: Int, daily: Int) throws {
        let configuration = try DaemonConfiguration.read(["MAIL_LIMIT_PER_ADDRESS": text])
        #expect(configuration.service.mailBudget == MailBudget.Rule(perHour: hourly, perDay: daily))
    }

    @Test(
        "any other text stops the start",
        arguments: ["3/h", "3/d,10/h", "0/h,10/d", "11/h,10/d", "3/h,1001/d", "3/h,10/d,", "3 /h,-1/d", "003/h,10/d"])
    func junk(text: String) {
        let problems = DaemonConfiguration.problems(in: ["MAIL_LIMIT_PER_ADDRESS": text])
        #expect(problems.contains { $0.hasPrefix("MAIL_LIMIT_PER_ADDRESS is \"") })
    }

    @Test("the defaults are those of the library, and RATE_LIMIT_ENABLED=false lifts both limits")
    func defaults() throws {
        let standard = try DaemonConfiguration.read([:]).service
        #expect(standard.mailBudget == .standard && standard.mailDayLimit == MailDayLimit(10_000))
        #expect(!standard.signsInByMail)
        let lifted = try DaemonConfiguration.read(["RATE_LIMIT_ENABLED": "false"]).service
        #expect(lifted.mailBudget == nil && lifted.mailDayLimit == nil)
        #expect(try DaemonConfiguration.read(["SIGN_IN_BY_MAIL": "on"]).service.signsInByMail)
    }

    @Test("mails link to pages where clients can reach them")
    func links() throws {
        func link(_ settings: [String: String]) throws -> String? {
            try DaemonConfiguration.read(settings).mail.pages?.url(of: .resetPassword, carrying: "aot_x")
        }
        #expect(
            try link(["PUBLIC_URL": "https://id.example.com"])
                == "https://id.example.com/actions/reset?token=aot_x")
        #expect(try link([:]) == nil)
        #expect(
            try link(["ENVIRONMENT": "development"]) == "http://localhost:8000/actions/reset?token=aot_x")
        // Over plain HTTP everyone on the way could read the token.
        #expect(try link(["PUBLIC_URL": "http://id.example.com"]) == nil)
    }

    @Test("HOSTED_PAGES=false leaves out the pages that the application has, and no others")
    func pages() throws {
        let reset = ["PASSWORD_RESET_URL": "https://app.example.com/reset"]
        #expect(try DaemonConfiguration.read(reset).mail.absentPages.isEmpty)
        #expect(
            try DaemonConfiguration.read(reset.merging(["HOSTED_PAGES": "off"]) { $1 }).mail.absentPages
                == [.resetPassword])
        #expect(try DaemonConfiguration.read(["HOSTED_PAGES": "off"]).mail.absentPages.isEmpty)
    }
}
