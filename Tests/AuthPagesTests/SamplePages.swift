// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthPages
import AuthService
import AuthTestSupport
import Testing

/// Every page there is, in every state that changes what it shows.
enum SamplePages {
    struct Sample: CustomTestStringConvertible {
        let name: String
        let page: ActionPage
        /// The page as it was read, once for all tests.
        let html: Result<HTMLPage, any Error>
        var testDescription: String { "\(name), \(page.language.rawValue)" }
    }

    static let token = "aot_T0ken-with_signs"
    static let address = "ada@example.test"

    static var origin: ActionOrigin {
        ActionOrigin(
            at: Timestamp(seconds: 1_772_366_400),
            from: SignInPlace(source: "192.0.2.77", sourceNetwork: nil, userAgent: "Mozilla (X11; Linux) Firefox/140.0")
        )
    }

    static func request(
        _ action: MailedAction, _ place: ActionRequest.Place, subject: MailedAction? = nil, acceptsCode: Bool = true,
        origin: ActionOrigin = origin, isHandle: Bool = false, _ faults: [ActionFault] = []
    ) -> ActionRequest {
        let secret = MailToken(token)
        return ActionRequest(
            action, subject: subject, user: address, address: address, origin: origin,
            secret: isHandle ? .handle(secret) : .token(secret), place: place, acceptsCode: acceptsCode,
            minimumPasswordLength: 12, faults: faults)
    }

    static let faults: [ActionFault] = [
        .codeMissing, .codeWrong(triesLeft: 3), .codeWrong(triesLeft: 1), .codeExpired, .codeVoided, .passwordMissing,
        .passwordTooShort(minimum: 12), .passwordTooLong(maximumBytes: 1_024), .passwordGuessable, .passwordBreached,
        .passwordTooSimple, .unavailable,
    ]

    static let requests: [(String, ActionRequest)] = {
        var requests: [(String, ActionRequest)] = []
        for action in MailedAction.allCases {
            let subject: MailedAction? = action == .report ? .resetPassword : nil
            requests += [
                ("\(action.rawValue)-here", request(action, .sameBrowser, subject: subject)),
                ("\(action.rawValue)-elsewhere", request(action, .elsewhere, subject: subject)),
                ("\(action.rawValue)-without-code", request(action, .elsewhere, subject: subject, acceptsCode: false)),
            ]
        }
        requests += faults.enumerated().map { index, fault in
            ("undo-address-change-fault-\(index)", request(.undoAddressChange, .elsewhere, [fault]))
        }
        requests.append(
            (
                "reset-faults",
                request(.resetPassword, .elsewhere, [.passwordTooShort(minimum: 12), .passwordGuessable])
            ))
        requests.append(
            (
                "verify-unknown-device",
                request(.verifyAddress, .elsewhere, origin: ActionOrigin(at: origin.time, from: nil))
            ))
        requests.append(
            ("verify-wrong-password", request(.verifyAddress, .elsewhere, [.currentPasswordWrong])))
        requests.append(("sign-in-handle", request(.signIn, .sameBrowser, isHandle: true)))
        var invited = request(.acceptInvitation, .elsewhere)
        invited.keepsPassword = true
        requests.append(("invitation-of-user", invited))
        invited.acceptsCode = false
        requests.append(("invitation-of-user-without-code", invited))
        return requests
    }()

    static let contents: [(String, ActionPage.Content)] = {
        var contents = requests.map { ($0, ActionPage.Content.request($1)) }
        for action in [MailedAction.verifyAddress, .resetPassword, .changeAddress, .signIn, .unlock] {
            contents.append(
                ("\(action.rawValue)-code-entry", .codeEntry(request(action, .sameBrowser, isHandle: true))))
        }
        contents.append(
            (
                "sign-in-code-entry-wrong",
                .codeEntry(request(.signIn, .sameBrowser, isHandle: true, [.codeWrong(triesLeft: 4)]))
            ))
        for action in MailedAction.allCases {
            contents.append(("\(action.rawValue)-done-here", .done(action, address: address, .sameBrowser)))
            contents.append(("\(action.rawValue)-done-elsewhere", .done(action, address: address, .elsewhere)))
        }
        contents.append(("waiting", .waiting))
        contents += ActionEnd.allCases.map { ("ended-\($0)", .ended($0)) }
        return contents
    }()

    static let all: [Sample] = Language.allCases.flatMap { language in
        contents.map { name, content in
            let application = name.hasSuffix("done-here") ? "https://app.example.test/" : nil
            let page = ActionPage(appName: "Shop", language: language, content, application: application)
            return Sample(
                name: name, page: page, html: Result { try HTMLPage(String(decoding: page.octets, as: UTF8.self)) })
        }
    }
}
