// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
public import AuthStore

extension AuthService {
    /// What a service is put together from.
    public struct Configuration: Sendable {
        /// What the operator decides.
        public var settings: AuthSettings
        /// Where users, sessions and everything else is kept.
        public var store: any AuthStore
        /// How passwords are hashed and checked.
        public var hashing: any PasswordHashing
        /// The current root key first, then earlier ones whose secrets are still read.
        public var rootKeys: RootKeys
        /// How access tokens are signed.
        public var signing: TokenSigning
        /// What new passwords are looked up in besides the policy's own list; `nil` for nothing.
        public var breachedPasswords: (any BreachedPasswordChecking)?
        /// `nil` where no mail can be sent; use cases that need it then throw `.mailUnavailable`.
        public var mailer: (any MailSending)?
        /// The second factors that signing in asks for; `nil` for none.
        package var secondFactors: (any SignInFactorChecking)?
        /// What is stored and signed bears its time.
        public var clock: any WallClock = SystemClock()
        /// What durations are measured by.
        ///
        /// Only tests need another than the machine's own, and then one that goes on with ``clock``.
        public var bootClock: any BootClock = SystemClock()
        /// Where secrets and identifiers come from.
        public var random: any RandomSource = SystemRandom()
        /// Told of what an operator should see and a caller must not; called on any thread, and must not block.
        public var observe: @Sendable (ServiceEvent) -> Void = { _ in }

        /// Describes a service; what is not named here has a default and can be set afterwards.
        public init(
            settings: AuthSettings, store: any AuthStore, hashing: any PasswordHashing, rootKeys: RootKeys,
            signing: TokenSigning
        ) {
            self.settings = settings
            self.store = store
            self.hashing = hashing
            self.rootKeys = rootKeys
            self.signing = signing
        }
    }
}

/// The root keys of a process.
public struct RootKeys: Sendable {
    /// The one that everything new is made under.
    public let current: RootKey
    /// Earlier ones, read-only.
    public let previous: [RootKey]

    /// Names the keys.
    public init(current: RootKey, previous: [RootKey] = []) {
        self.current = current
        self.previous = previous
    }
}
