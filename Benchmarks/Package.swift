// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, so that dependents of authd neither download nor build what it is measured with.
let package = Package(
    name: "Benchmarks",
    traits: [
        .trait(name: "Hummingbird", description: "Builds authd with the trait that its tests are built with.")
    ],
    dependencies: [
        .package(
            name: "authd", path: "..",
            traits: [.trait(name: "Hummingbird", condition: .when(traits: ["Hummingbird"]))]),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // The yardsticks: what the machine can do with nothing of ours in the way.
        .executableTarget(name: "ArgonLoop", linkerSettings: [.linkedLibrary("sodium"), .linkedLibrary("pthread")]),
        .executableTarget(
            name: "BareNIO",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .target(name: "Yardsticks", linkerSettings: [.linkedLibrary("crypto")]),

        // The clients.
        .executableTarget(name: "LatencyProbe"),

        // What is measured without a server in between.
        .executableTarget(
            name: "InProcess",
            dependencies: [
                "Yardsticks",
                .product(name: "AuthCore", package: "authd"),
                .product(name: "AuthCrypto", package: "authd"),
                .product(name: "AuthService", package: "authd"),
                .product(name: "AuthStorePostgres", package: "authd"),
                .product(name: "AuthStoreSQL", package: "authd"),
                .product(name: "AuthStoreSQLite", package: "authd"),
                .product(name: "AuthTesting", package: "authd"),
                .product(name: "AuthTokens", package: "authd"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
