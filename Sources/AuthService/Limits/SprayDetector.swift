// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthSystem
import Synchronization

/// Detects sources that fail to sign in as many users, in memory of bounded size.
///
/// A source is forgotten when thousands of others have failed since it last did.
final class SprayDetector: Sendable {
    // A class because the histories must have one place in memory.
    private struct State {
        var histories: BoundedCache<String, FailureHistory>
        var counts = NoticedAttacks()
    }

    private let digest: HMACSHA256
    private let state: Mutex<State>

    init(key: SecretBytes, capacity: Int = 8_192) {
        digest = HMACSHA256(key: key)
        state = Mutex(State(histories: BoundedCache(capacity: capacity)))
    }

    /// How many attacks were detected.
    var counts: NoticedAttacks { state.withLock { $0.counts } }

    /// Takes in a failure; returns the pattern that it completes, once per source and window.
    func failed(
        _ subject: SignInLimits.Subject, from sourceGroup: String, at now: BootInstant
    ) -> FailureHistory.Pattern? {
        let (user, isUnknown) = identify(subject)
        return state.withLock { state in
            var history = state.histories.value(for: sourceGroup) ?? FailureHistory()
            let pattern = history.failed(as: user, isUnknown: isUnknown, at: now)
            state.histories.insert(history, for: sourceGroup)
            switch pattern {
            case .spraying: state.counts.spraying &+= 1
            case .stuffing: state.counts.stuffing &+= 1
            case nil: break
            }
            return pattern
        }
    }

    /// Keyed, so that an attacker cannot choose names that collide, and memory has no names.
    private func identify(_ subject: SignInLimits.Subject) -> (user: UInt64, isUnknown: Bool) {
        func number(_ kind: UInt8, _ octets: [UInt8]) -> UInt64 {
            digest.authenticationCode(for: [kind] + octets).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        return switch subject {
        case .user(let id): (number(1, id.uuid.octets), false)
        case .unknown(let identifier): (number(2, Array(identifier.canonical.utf8)), true)
        case .unreadable(let text): (number(3, Array(text.utf8)), true)
        }
    }
}

/// How many attacks on many users were detected since the start, for metrics.
public struct NoticedAttacks: Hashable, Sendable {
    /// Password spraying.
    public internal(set) var spraying: UInt64 = 0
    /// Credential stuffing.
    public internal(set) var stuffing: UInt64 = 0

    /// No attack was detected.
    public init() {}
}
