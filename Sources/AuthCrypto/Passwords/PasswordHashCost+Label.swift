// SPDX-License-Identifier: Apache-2.0

extension PasswordHashCost {
    /// The cost as a short text, such as `argon2id m=19456 t=2 p=1`: what a store may keep and count beside each hash.
    public var label: String {
        switch self {
        case .argon2(_, let memoryKiB, let iterations, let parallelism):
            "\(algorithmName) m=\(memoryKiB) t=\(iterations) p=\(parallelism)"
        case .bcrypt(_, let cost):
            "\(algorithmName) cost=\(cost)"
        case .scrypt(let logN, let blockSize, let parallelism):
            "\(algorithmName) ln=\(logN) r=\(blockSize) p=\(parallelism)"
        case .pbkdf2(_, let rounds):
            "\(algorithmName) rounds=\(rounds)"
        }
    }

    /// Reads what ``label`` writes; `nil` for anything else, and for a cost out of bounds.
    public init?(label: String) {
        guard label.utf8.count <= 64, label.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        var words = label.split(separator: " ", omittingEmptySubsequences: false)
        guard !words.isEmpty else { return nil }
        let name = String(words.removeFirst())
        func numbers(_ names: String...) -> [Int]? { CostFields.read(words, names: names) }
        let cost: PasswordHashCost?
        if let variant = Argon2Variant(rawValue: name) {
            cost = numbers("m", "t", "p").map {
                .argon2(variant, memoryKiB: $0[0], iterations: $0[1], parallelism: $0[2])
            }
        } else if let input = BcryptInput(rawValue: name) {
            cost = numbers("cost").map { .bcrypt(input, cost: $0[0]) }
        } else if let digest = PBKDF2Digest(rawValue: name) {
            cost = numbers("rounds").map { .pbkdf2(digest, rounds: $0[0]) }
        } else if name == "scrypt" {
            cost = numbers("ln", "r", "p").map { .scrypt(logN: $0[0], blockSize: $0[1], parallelism: $0[2]) }
        } else {
            cost = nil
        }
        guard let cost, cost.isWithinBounds else { return nil }
        self = cost
    }
}

/// The `name=number` lists of hashes and labels.
enum CostFields {
    /// As ``read(_:names:)`` of the parts between commas.
    static func read(commaSeparated text: Substring, names: [String]) -> [Int]? {
        read(text.split(separator: ",", omittingEmptySubsequences: false), names: names)
    }

    /// The numbers of `fields`, which must bear exactly `names` in this order; as many numbers as names, or `nil`.
    static func read(_ fields: [Substring], names: [String]) -> [Int]? {
        guard fields.count == names.count else { return nil }
        var numbers: [Int] = []
        for (field, name) in zip(fields, names) {
            guard field.hasPrefix(name + "="), let number = number(field.dropFirst(name.count + 1)) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// A decimal number of one to nine digits without sign or leading zero.
    static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        guard text == "0" || !text.hasPrefix("0") else { return nil }
        return Int(text)
    }
}
