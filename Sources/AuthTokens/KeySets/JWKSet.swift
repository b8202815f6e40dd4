// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A set of keys as JSON, as issuers publish it.
///
/// - Source: RFC 7517 §5.
public struct JWKSet: Sendable {
    /// The keys that could be read, in the order of the text.
    public let keys: [JSONWebKey]

    /// Why other keys of the text were left out, in the order of the text.
    public let ignored: [KeyError]

    /// The most keys that a set may have.
    public static let maximumKeyCount = 128

    /// Makes a set of keys at hand.
    public init(_ keys: [JSONWebKey]) {
        self.keys = keys
        ignored = []
    }

    /// Reads a set of at most 256 KiB.
    ///
    /// Keys of an unknown type, without a member that they need or with values out of range are ignored, as RFC 7517 §5
    /// asks; one such key must not make the others useless. What makes the meaning of the whole set doubtful refuses it:
    /// two keys that are not for encryption with one `kid`, or symmetric keys beside public ones.
    ///
    /// Private and symmetric keys are ignored too unless `allowingSecrets` says otherwise: a private key that its issuer
    /// has published is compromised.
    ///
    /// - Throws: `.malformed`, `.tooLarge`, `.duplicateKeyID`, `.secretAmongPublicKeys`.
    public init(_ text: [UInt8], allowingSecrets: Bool = false) throws(KeyError) {
        let limits = JSONLimits(maximumBytes: 262_144, maximumDepth: 8)
        guard text.count <= limits.maximumBytes else { throw .tooLarge }
        guard let value = try? JSONReader.read(text, limits: limits), case .object(let object) = value,
            case .array(let elements) = object["keys"]
        else { throw .malformed }
        guard elements.count <= Self.maximumKeyCount else { throw .tooLarge }

        var keys: [JSONWebKey] = []
        var ignored: [KeyError] = []
        for element in elements {
            guard case .object(let object) = element else { throw .malformed }
            do throws(KeyError) {
                let key = try JSONWebKey(object)
                guard allowingSecrets || !key.isSecret else { throw .secretAmongPublicKeys }
                keys.append(key)
            } catch {
                ignored.append(error)
            }
        }
        // A twin that cannot be read still leaves open which key its issuer means.
        let named: [WireText] = elements.compactMap { element in
            guard let key = element.objectValue, key["use"] != .string("enc"), let id = key["kid"]?.stringValue else {
                return nil
            }
            return WireText(id)
        }
        guard Set(named).count == named.count, Set(keys.map { WireText($0.effectiveID) }).count == keys.count else {
            throw .duplicateKeyID
        }
        guard Set(keys.map(\.isSymmetric)).count < 2 else { throw .secretAmongPublicKeys }
        self.keys = keys
        self.ignored = ignored
    }

    /// The set as it is published: public members only, symmetric keys left out, ordered by `kid` so that the same keys
    /// always give the same bytes.
    public func serialized() -> [UInt8] {
        let published = keys.compactMap(\.publicHalf).sorted { $0.effectiveID < $1.effectiveID }
        var writer = JSONWriter(reservingCapacity: 64 + 512 * published.count)
        writer.object { set in
            set.member("keys", array: { list in for key in published { key.writePublic(into: &list) } })
        }
        return writer.bytes
    }
}
