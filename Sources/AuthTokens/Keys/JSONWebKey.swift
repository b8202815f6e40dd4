// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A key as JSON: read strictly, honoured in what it says about its own use.
///
/// Holding one proves nothing about the numbers in it; ``VerificationKey`` and ``SigningKey`` check those.
///
/// - Source: RFC 7517 §4, RFC 7518 §6, RFC 8037 §2.
public struct JSONWebKey: Sendable {
    /// What `use` reserves a key for.
    enum Use: String, Sendable, CaseIterable {
        case signature = "sig"
        case encryption = "enc"
    }

    /// What a key is wanted for here, by its name in `key_ops`.
    enum Operation: String, Sendable {
        case signing = "sign"
        case verifying = "verify"
    }

    /// The `kid`; `nil` if the key has none.
    public let id: String?

    /// The `alg`; `nil` if the key has none.
    public let algorithm: SignatureAlgorithm?

    let use: Use?

    /// `nil` if the key has no `key_ops`.
    let operations: [String]?

    let material: KeyMaterial

    init(
        _ material: KeyMaterial, id: String?, algorithm: SignatureAlgorithm?, use: Use?, operations: [String]? = nil
    ) {
        self.material = material
        self.id = id
        self.algorithm = algorithm
        self.use = use
        self.operations = operations
    }

    /// Whether the holder of the key can sign with it.
    public var isSecret: Bool { material.isSecret }

    /// Whether the key has no public half at all.
    public var isSymmetric: Bool { material.publicHalf == nil }

    /// The `kid`, or the thumbprint of a key that has none.
    public var effectiveID: String { id ?? thumbprint }

    /// The key without its private members; `nil` for a symmetric key, which has no other.
    public var publicHalf: JSONWebKey? {
        material.publicHalf.map { JSONWebKey($0, id: id ?? thumbprint, algorithm: algorithm, use: use) }
    }

    /// Honours `use` and `key_ops`; where both are present both must agree (RFC 7517 §4.3).
    func checkUse(for operation: Operation) throws(KeyError) {
        guard use != .encryption else { throw .wrongUse }
        guard let operations else { return }
        func names(_ operation: Operation) -> Bool {
            operations.contains { $0.hasSameOctets(as: operation.rawValue) }
        }
        // A private key that says only "sign" also verifies: its public half is what does it.
        let isAllowed =
            names(operation)
            || operation == .verifying && material.isSecret && names(.signing)
        guard isAllowed else { throw .wrongUse }
    }

    /// The algorithm that the key will be used with.
    ///
    /// - Throws: `.algorithmMismatch` if the key, its `alg` and `wanted` do not all agree.
    func resolvedAlgorithm(wanted: SignatureAlgorithm?) throws(KeyError) -> SignatureAlgorithm {
        let resolved = algorithm ?? wanted ?? material.impliedAlgorithm
        guard wanted == nil || wanted == resolved, material.suits(resolved) else { throw .algorithmMismatch }
        return resolved
    }
}

extension JSONWebKey: CustomStringConvertible, CustomReflectable {
    /// The `kid` and the algorithm; never key material.
    public var description: String { "JSONWebKey(\(id ?? "no kid"), \(algorithm?.rawValue ?? "no alg"))" }

    /// Empty, so that no dump of an enclosing value reaches key material.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
