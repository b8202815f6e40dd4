// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

extension ActionFault {
    /// What a page says of a password that was refused for these reasons; each sentence once.
    static func of(_ codes: [String], under policy: PasswordPolicy) -> [ActionFault] {
        var faults: [ActionFault] = []
        for code in codes {
            let fault: ActionFault =
                switch WireText(code) {
                case "missing": .passwordMissing
                case "too_short": .passwordTooShort(minimum: policy.minimumLength)
                case "too_long": .passwordTooLong(maximumBytes: policy.maximumBytes)
                case "missing_digit", "missing_symbol": .passwordTooSimple
                case "breached_password": .passwordBreached
                default: .passwordGuessable
                }
            if !faults.contains(fault) { faults.append(fault) }
        }
        return faults
    }
}
