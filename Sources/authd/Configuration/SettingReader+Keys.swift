// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthService
import AuthStoreSQLite
import AuthTokens

extension SettingReader {
    /// Where the root key comes from; `nil` where a problem was noted or the database is not known.
    mutating func rootKey(
        _ environment: DaemonConfiguration.Environment, _ database: DaemonConfiguration.Database?
    ) -> DaemonConfiguration.RootKeySource? {
        if let text = givenText(.rootKey) {
            if isGiven(.rootKeyFile) { refuse(.rootKey, "is set together with ROOT_KEY_FILE; set one of them.") }
            if text == givenText(.secretKey) {
                refuse(.rootKey, "is the same as SECRET_KEY; each needs a key of its own.")
            }
            return parsedRootKey(text, .rootKey).map { .given($0) }
        }
        let file = givenText(.rootKeyFile)
        switch database {
        case nil:
            return nil
        case .memory:
            return file.map { .file(path: $0, mayCreate: true) } ?? .ephemeral
        case .sqlite(let sqlite):
            return .file(path: file ?? sqlite.path + ".key", mayCreate: true)
        case .postgres:
            if environment == .development { return .file(path: file ?? "authd.key", mayCreate: true) }
            guard let file else {
                refuse(
                    .rootKeyFile,
                    "is required in production with PostgreSQL, the same for every process: make one with "
                        + "`umask 077; openssl rand -hex 32 > root.key` and keep it apart from backups of the database."
                )
                return nil
            }
            return .file(path: file, mayCreate: false)
        }
    }

    /// Earlier root keys; what is wrong with one is noted.
    mutating func previousRootKeys() -> [RootKey] {
        list(.rootKeyPrevious).compactMap { parsedRootKey($0, .rootKeyPrevious) }
    }

    private mutating func parsedRootKey(_ text: String, _ key: SettingKey) -> RootKey? {
        switch SecretStrength.weakness(of: text, minimumBytes: 1) {
        case .published, .placeholder, .pattern:
            refuse(key, "is an example or follows a pattern; make one with `openssl rand -hex 32`.")
            return nil
        case .tooShort, nil:
            break
        }
        do throws(RootKeyError) {
            return try RootKey(hexadecimal: text)
        } catch {
            refuse(key, "is not 64 hexadecimal digits, as `openssl rand -hex 32` prints.")
            return nil
        }
    }

    /// How access tokens are signed; `nil` where a problem was noted.
    mutating func signing() -> TokenSigning? {
        let rotationDays = integer(.keyRotationDays)
        guard let algorithm: SignatureAlgorithm = word(.algorithm) else { return nil }
        checkSecretKey(minimumBytes: Self.minimumBytes(of: algorithm))
        guard algorithm.isSymmetric else {
            if isGiven(.secretKey) {
                warn(
                    "SECRET_KEY is not used: access tokens are signed with \(algorithm.rawValue) and keys of the "
                        + "database; ALGORITHM=HS256 would use it.")
            }
            return .stored(algorithm, rotationPeriod: rotationDays == 0 ? nil : .seconds(86_400 * rotationDays))
        }
        guard let secret = givenText(.secretKey) else {
            refuse(.secretKey, "is required by ALGORITHM=\(algorithm.rawValue); make one with `openssl rand -hex 32`.")
            return nil
        }
        let previous = list(.secretKeyPrevious)
        guard let current = sharedKey(secret, algorithm, .secretKey) else { return nil }
        return .shared(current, previous: previous.compactMap { sharedKey($0, algorithm, .secretKeyPrevious) })
    }

    /// Who may follow the change feed; what is wrong with a secret is noted.
    mutating func changeFeedSecrets() -> ChangeFeedSecrets {
        let secrets = list(.changeFeedSecrets)
        for secret in secrets {
            if let weakness = SecretStrength.weakness(of: secret, minimumBytes: 32) {
                refuse(.changeFeedSecrets, weakness.predicate)
            } else if secret.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }) {
                refuse(.changeFeedSecrets, "has characters that cannot stand in a header field.")
            } else if secret == givenText(.secretKey) || secret == givenText(.rootKey) {
                refuse(.changeFeedSecrets, "is the same as SECRET_KEY or ROOT_KEY; each needs a secret of its own.")
            }
        }
        return ChangeFeedSecrets(secrets)
    }

    private mutating func checkSecretKey(minimumBytes: Int) {
        for (key, secret) in [(SettingKey.secretKey, givenText(.secretKey))]
            + list(.secretKeyPrevious).map({ (.secretKeyPrevious, $0) })
        {
            guard let secret, let weakness = SecretStrength.weakness(of: secret, minimumBytes: minimumBytes) else {
                continue
            }
            refuse(key, weakness.predicate)
        }
    }

    private mutating func sharedKey(_ secret: String, _ algorithm: SignatureAlgorithm, _ key: SettingKey) -> SigningKey?
    {
        // A secret that is too short was noted before.
        try? SigningKey(secret: secret.utf8, algorithm: algorithm)
    }

    /// RFC 7518 §3.2: at least as long as the digest.
    private static func minimumBytes(of algorithm: SignatureAlgorithm) -> Int {
        switch algorithm {
        case .hs384: 48
        case .hs512: 64
        case .hs256, .rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .es256, .es384, .es512, .edDSA: 32
        }
    }
}
