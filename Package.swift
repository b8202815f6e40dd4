// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// The settings of every target: what the language will make the default, taken today.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func system(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let libraries = [
    "AuthCore", "AuthTokens", "AuthCrypto", "AuthStore", "AuthStoreSQL", "AuthStorePostgres", "AuthStoreSQLite",
    "AuthService", "AuthDelivery", "AuthHTTPServer", "AuthHTTP", "AuthPages", "AuthSupabase", "HummingbirdAuthd",
    "AuthTesting", "AuthHTTPTesting",
]

/// What the trait brings in; without it, Hummingbird is neither fetched nor built.
let hummingbird = TargetDependencyCondition.when(traits: ["Hummingbird"])

let package = Package(
    name: "authd",
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "authd", targets: ["authd"])
    ],
    traits: [
        .trait(name: "Hummingbird", description: "Brings in Hummingbird, and fills HummingbirdAuthd.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its default traits: authd reads no JSON, YAML or property lists.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        system("CLibCrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
        system("CLibSodium", pkgConfig: "libsodium", package: "libsodium-dev"),
        system("CLibCrypt", pkgConfig: "libcrypt", package: "libcrypt-dev"),
        .systemLibrary(name: "CLinux"),
        system("CLibPQ", pkgConfig: "libpq", package: "libpq-dev"),
        system("CLibSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        system("CLibCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),

        module("AuthCore"),
        // Threads and what they wait for, of which each target needs some; no product.
        module("AuthSystem", ["CLinux"]),
        module("AuthTokens", ["AuthCore", "CLibCrypto"]),
        module("AuthCrypto", ["AuthCore", "AuthSystem", "CLibSodium", "CLibCrypt", "CLibCrypto", "CLinux"]),
        module("AuthStore", ["AuthCore", "AuthSystem"]),
        module("AuthStoreSQL", ["AuthCore", "AuthStore"]),
        module("AuthStorePostgres", ["AuthCore", "AuthStore", "AuthStoreSQL", "AuthSystem", "CLibPQ"]),
        module("AuthStoreSQLite", ["AuthCore", "AuthStore", "AuthStoreSQL", "AuthSystem", "CLibSQLite"]),
        module("AuthService", ["AuthCore", "AuthTokens", "AuthCrypto", "AuthStore", "AuthSystem"]),
        module(
            "AuthDelivery",
            [
                "AuthCore", "AuthService", "AuthSystem", "CLibCurl",
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        module(
            "AuthHTTPServer",
            [
                "AuthCore",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        module(
            "AuthHTTP",
            [
                "AuthCore", "AuthTokens", "AuthService", "AuthStore", "AuthHTTPServer",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        module(
            "AuthPages",
            [
                "AuthCore", "AuthService", "AuthHTTPServer", "AuthHTTP",
                .product(name: "Logging", package: "swift-log"),
            ]),
        module(
            "AuthSupabase",
            [
                "AuthCore", "AuthService", "AuthStore", "AuthHTTPServer", "AuthHTTP", "AuthPages",
                .product(name: "Logging", package: "swift-log"),
            ]),
        // Empty without the trait of the name.
        module(
            "HummingbirdAuthd",
            [
                "AuthCore", "AuthService", "AuthHTTPServer", "AuthHTTP",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        module("AuthTesting", ["AuthCore", "AuthStore", "AuthService", "AuthCrypto", "AuthTokens"]),
        module(
            "AuthHTTPTesting",
            [
                "AuthCore", "AuthTesting", "AuthHTTPServer", "AuthHTTP", "HummingbirdAuthd",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: hummingbird),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: hummingbird),
            ]),
        .executableTarget(
            name: "authd",
            dependencies: [
                "AuthCore", "AuthSystem", "AuthTokens", "AuthCrypto", "AuthStore", "AuthStoreSQL", "AuthStorePostgres",
                "AuthStoreSQLite", "AuthService", "AuthDelivery", "AuthHTTPServer", "AuthHTTP", "AuthPages",
                "AuthSupabase", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // What tests of several targets share; no product.
        .target(
            name: "AuthTestSupport",
            dependencies: [
                "AuthCore", "AuthCrypto", "AuthService", "AuthStore", "AuthStoreSQL", "AuthTesting", "AuthTokens",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/AuthTestSupport", swiftSettings: strict),

        // What valgrind runs to count instructions; a test starts it.
        .executableTarget(
            name: "InstructionProbe",
            dependencies: [
                "AuthCore", "AuthTokens", "AuthService", "AuthHTTPServer", "AuthHTTP", "AuthSupabase", "AuthTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/InstructionProbe", swiftSettings: strict),

        tests("AuthCoreTests", ["AuthCore", "AuthTestSupport"], resources: [.copy("Vectors")]),
        tests("AuthSystemTests", ["AuthSystem", "AuthTestSupport"]),
        tests("AuthTokensTests", ["AuthCore", "AuthTokens", "AuthTestSupport"], resources: [.copy("Vectors")]),
        tests("AuthCryptoTests", ["AuthCore", "AuthCrypto", "AuthTesting", "AuthTestSupport"]),
        tests("AuthStoreTests", ["AuthCore", "AuthStore", "AuthTesting"]),
        tests("AuthStoreSQLTests", ["AuthCore", "AuthStore", "AuthStoreSQL", "AuthTestSupport"]),
        tests(
            "AuthStoreSQLiteTests",
            [
                "AuthCore", "AuthCrypto", "AuthStore", "AuthStoreSQL", "AuthStoreSQLite", "AuthService", "AuthTesting",
                "AuthTestSupport",
            ]),
        tests(
            "AuthStorePostgresTests",
            [
                "AuthCore", "AuthCrypto", "AuthStore", "AuthStoreSQL", "AuthStorePostgres", "AuthService",
                "AuthTesting",
                "AuthTestSupport",
            ]),
        tests(
            "AuthServiceTests",
            [
                "AuthCore", "AuthCrypto", "AuthStore", "AuthTokens", "AuthService", "AuthTesting", "AuthTestSupport",
            ]),
        tests(
            "AuthDeliveryTests", ["AuthCore", "AuthService", "AuthDelivery", "AuthTestSupport"],
            resources: [.copy("Support")]),
        tests(
            "AuthHTTPServerTests",
            [
                "AuthCore", "AuthHTTPServer", "AuthTestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        tests(
            "AuthHTTPTests",
            [
                "AuthCore", "AuthCrypto", "AuthTokens", "AuthService", "AuthStore", "AuthHTTPServer", "AuthHTTP",
                "AuthTesting", "AuthHTTPTesting", "AuthTestSupport", "InstructionProbe",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "AuthPagesTests",
            [
                "AuthCore", "AuthCrypto", "AuthHTTPServer", "AuthHTTP", "AuthPages", "AuthService", "AuthStore",
                "AuthTestSupport", "AuthTesting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "AuthSupabaseTests",
            [
                "AuthCore", "AuthCrypto", "AuthHTTPServer", "AuthHTTP", "AuthHTTPTesting", "AuthService", "AuthStore",
                "AuthSupabase", "AuthTesting", "AuthTestSupport", "AuthTokens",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "AuthHTTPTestingTests",
            [
                "AuthCore", "AuthHTTP", "AuthHTTPTesting", "AuthTesting",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        tests(
            "AuthdTests",
            [
                "AuthCore", "AuthCrypto", "AuthDelivery", "AuthHTTP", "AuthHTTPServer", "AuthService", "AuthStore",
                "AuthStorePostgres", "AuthStoreSQL", "AuthStoreSQLite", "AuthTesting", "AuthTestSupport", "AuthTokens",
                "AuthSupabase", "authd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        // Black-box tests: they start the daemon that was built and know nothing of its modules, but for those with which a
        // service elsewhere follows it.
        tests(
            "JourneyTests", ["AuthCore", "AuthDelivery", "AuthTokens", "AuthTestSupport", "authd"],
            resources: [.copy("Clients")]),
    ],
    swiftLanguageModes: [.v6]
)
