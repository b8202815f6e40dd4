// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A message as the test server and Python's mail parser understood it.
struct ReceivedMail: Decodable {
    let raw: String
    let mailFrom: String
    let recipients: [String]
    let client: String
    let peer: String
    let isEncrypted: Bool
    let login: String?
    let from: String
    let to: String
    let subject: String
    let headers: [String]
    let contentType: String
    let date: String
    let text: String?
    let html: String?
    let defects: [String]
}

extension ChildServer {
    /// The messages that were acknowledged, in order.
    var received: [ReceivedMail] {
        get throws {
            var mails: [ReceivedMail] = []
            while let data = FileManager.default.contents(atPath: "\(folder)/\(mails.count).json") {
                mails.append(try JSONDecoder().decode(ReceivedMail.self, from: data))
            }
            return mails
        }
    }
}
