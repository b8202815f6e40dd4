// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "Examples",
    dependencies: [
        .package(name: "authd", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        .executableTarget(
            name: "EmbedHummingbird",
            dependencies: [
                .product(name: "AuthCore", package: "authd"),
                .product(name: "AuthCrypto", package: "authd"),
                .product(name: "AuthHTTP", package: "authd"),
                .product(name: "AuthHTTPServer", package: "authd"),
                .product(name: "AuthService", package: "authd"),
                .product(name: "AuthStore", package: "authd"),
                .product(name: "AuthTokens", package: "authd"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
        .executableTarget(
            name: "VerifyOnly",
            dependencies: [
                .product(name: "AuthCore", package: "authd"),
                .product(name: "AuthTokens", package: "authd"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
