// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension MailTemplate {
    /// The words of a notice, whose raw value is their name.
    init(_ notice: SecurityNotice) {
        switch notice {
        case .passwordChanged: self = .passwordChanged
        case .addressChanged: self = .addressChanged
        case .refreshReused: self = .refreshReused
        case .newDevice: self = .newDevice
        case .credentialsVoided: self = .credentialsVoided
        case .identityLinked: self = .identityLinked
        case .administratorActed: self = .administratorActed
        }
    }
}
