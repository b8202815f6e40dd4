// SPDX-License-Identifier: Apache-2.0

/// The page as it goes over the network: written by the issuer and read by followers, so that both are one definition.
extension ChangePage {
    /// The longest text that is read.
    public static let maximumBytes = 1 << 20

    /// Reads a page.
    ///
    /// An entry of an unknown kind was written by a newer issuer: skipping it could miss a revocation.
    ///
    /// - Returns: `nil` for anything that ``serialized()`` does not write, except unknown members.
    public init?(json: [UInt8]) {
        let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8)
        guard let page = (try? JSONReader.read(json, limits: limits))?.objectValue,
            let cursor = page["cursor"]?.stringValue, Self.isCursor(cursor),
            let changes = page["changes"]?.arrayValue, let hasMore = page["has_more"]?.boolValue,
            let retention = page["retention_seconds"]?.int64Value, retention > 0
        else { return nil }
        var entries: [Entry] = []
        entries.reserveCapacity(changes.count)
        for change in changes {
            guard let entry = change.objectValue.flatMap(Entry.init) else { return nil }
            entries.append(entry)
        }
        self.init(cursor: cursor, entries: entries, hasMore: hasMore, retentionSeconds: retention)
    }

    /// The page as JSON.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 128 + 200 * entries.count)
        writer.object { page in
            page.member("cursor", cursor)
            page.member(
                "changes",
                array: { list in
                    for entry in entries { entry.write(into: &list) }
                })
            page.member("has_more", hasMore)
            page.member("retention_seconds", retentionSeconds)
        }
        return writer.bytes
    }

    /// Whether the text may be part of a query without being encoded.
    private static func isCursor(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension ChangePage.Entry {
    fileprivate init?(_ object: JSONObject) {
        guard let word = object["type"]?.stringValue.flatMap({ StoreChange.Kind.Word(octetsOf: $0) }),
            let at = object["at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        let user = object["user_id"]?.stringValue.flatMap { UserID(parsing: $0) }
        switch word {
        case .keysChanged:
            self.init(at: at, kind: .keysChanged)
        case .rolesChanged:
            self.init(at: at, kind: .rolesChanged)
        case .roleNarrowed:
            guard let role = object["role"]?.stringValue.flatMap({ Role($0) }),
                let epoch = object["epoch"]?.int64Value, epoch >= 0
            else { return nil }
            self.init(at: at, kind: .roleNarrowed(role, RoleEpoch(epoch)))
        case .userChanged:
            guard let user else { return nil }
            self.init(at: at, kind: .userChanged(user))
        case .userDeleted:
            guard let user else { return nil }
            self.init(at: at, kind: .userDeleted(user))
        case .epochRaised:
            guard let user, let epoch = object["epoch"]?.int64Value, epoch >= 0 else { return nil }
            self.init(at: at, kind: .epochRaised(user, UserEpoch(epoch)))
        case .sessionEnded:
            guard let user, let session = object["session_id"]?.stringValue.flatMap({ SessionID(parsing: $0) }) else {
                return nil
            }
            self.init(at: at, kind: .sessionEnded(session, userID: user))
        }
    }

    fileprivate func write(into writer: inout JSONWriter) {
        writer.object { body in
            body.member("type", kind.word.rawValue)
            body.member("at", at.rfc3339)
            switch kind {
            case .sessionEnded(let session, userID: let user):
                body.member("user_id", user.description)
                body.member("session_id", session.description)
            case .epochRaised(let user, let epoch):
                body.member("user_id", user.description)
                body.member("epoch", epoch.value)
            case .userChanged(let user), .userDeleted(let user):
                body.member("user_id", user.description)
            case .roleNarrowed(let role, let epoch):
                body.member("role", role.name)
                body.member("epoch", epoch.value)
            case .keysChanged, .rolesChanged:
                break
            }
        }
    }
}
