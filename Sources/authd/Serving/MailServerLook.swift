// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle

/// Looks at the mail server once after a start, so that a wrong setting is in the log before a user waits for a mail.
struct MailServerLook: Service {
    let daemon: Daemon
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            guard let sentence = await daemon.mailServerFault() else { return }
            logger.warning("configuration warning", metadata: ["setting": "\(sentence)"])
        }
    }
}
