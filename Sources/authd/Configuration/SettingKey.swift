// SPDX-License-Identifier: Apache-2.0

/// The name of a setting, as it stands in the environment and in `.env`.
enum SettingKey: String, CaseIterable, Hashable, Sendable {
    case environment = "ENVIRONMENT"
    case debug = "DEBUG"
    case devAllowRemote = "DEV_ALLOW_REMOTE"
    case appName = "APP_NAME"
    case logFormat = "LOG_FORMAT"
    case logLevel = "LOG_LEVEL"

    case host = "HOST"
    case port = "PORT"
    case publicURL = "PUBLIC_URL"
    case apiPrefix = "API_V1_PREFIX"
    case allowedOrigins = "ALLOWED_ORIGINS"
    case trustedProxies = "TRUSTED_PROXIES"
    case trustedProxyHeader = "TRUSTED_PROXY_HEADER"
    case rateLimitEnabled = "RATE_LIMIT_ENABLED"
    case docsEnabled = "DOCS_ENABLED"
    case docsAssetsDir = "DOCS_ASSETS_DIR"
    case metricsEnabled = "METRICS_ENABLED"
    case eventLoopThreads = "EVENT_LOOP_THREADS"
    case shutdownGraceSeconds = "SHUTDOWN_GRACE_SECONDS"

    case databaseURL = "DATABASE_URL"
    case poolSize = "DB_POOL_SIZE"
    case poolOverflow = "DB_MAX_OVERFLOW"
    case poolTimeout = "DB_POOL_TIMEOUT"
    case poolRecycle = "DB_POOL_RECYCLE"
    case pooler = "DB_POOLER"
    case connectTimeout = "DB_CONNECT_TIMEOUT"
    case statementTimeout = "DB_STATEMENT_TIMEOUT"

    case rootKeyFile = "ROOT_KEY_FILE"
    case rootKey = "ROOT_KEY"
    case rootKeyPrevious = "ROOT_KEY_PREVIOUS"
    case algorithm = "ALGORITHM"
    case secretKey = "SECRET_KEY"
    case secretKeyPrevious = "SECRET_KEY_PREVIOUS"
    case keyRotationDays = "KEY_ROTATION_DAYS"

    case tokenIssuer = "TOKEN_ISSUER"
    case tokenAudience = "TOKEN_AUDIENCE"
    case accessTokenMinutes = "ACCESS_TOKEN_EXPIRE_MINUTES"
    case refreshTokenDays = "REFRESH_TOKEN_EXPIRE_DAYS"
    case refreshGraceSeconds = "REFRESH_TOKEN_GRACE_SECONDS"
    case sessionMaxDays = "SESSION_MAX_DAYS"
    case sessionLimitPerUser = "SESSION_LIMIT_PER_USER"
    case sessionLimitPolicy = "SESSION_LIMIT_POLICY"
    case recentSignInMinutes = "RECENT_SIGN_IN_MINUTES"
    case passwordResetHours = "PASSWORD_RESET_TOKEN_EXPIRE_HOURS"
    case emailVerificationHours = "EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS"
    case revocationFeedStale = "REVOCATION_FEED_STALE"
    case changeFeedSecrets = "CHANGE_FEED_SECRETS"

    case requireVerifiedEmail = "REQUIRE_VERIFIED_EMAIL"
    case registrationPrivacy = "REGISTRATION_PRIVACY"
    case passwordComposition = "PASSWORD_COMPOSITION"
    case breachedPasswordsFile = "BREACHED_PASSWORDS_FILE"
    case passwordHash = "PASSWORD_HASH"
    case argon2MemoryKiB = "ARGON2_MEMORY_KIB"
    case argon2Iterations = "ARGON2_ITERATIONS"
    case bcryptCost = "BCRYPT_COST"
    case hashThreads = "HASH_THREADS"
    case hashQueue = "HASH_QUEUE"

    case smtpHost = "SMTP_HOST"
    case smtpPort = "SMTP_PORT"
    case smtpUser = "SMTP_USER"
    case smtpPassword = "SMTP_PASSWORD"
    case smtpSecurity = "SMTP_SECURITY"
    case smtpCAFile = "SMTP_CA_FILE"
    case emailsFromEmail = "EMAILS_FROM_EMAIL"
    case emailsFromName = "EMAILS_FROM_NAME"
    case passwordResetURL = "PASSWORD_RESET_URL"
    case emailVerificationURL = "EMAIL_VERIFICATION_URL"
    case mailTemplatesDir = "MAIL_TEMPLATES_DIR"

    /// The name as a flag of the command line: `DB_POOL_SIZE` is `--db-pool-size`.
    var flagName: String {
        "--" + String(rawValue.lowercased().map { $0 == "_" ? "-" : $0 })
    }
}
