// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

func authd(_ products: String...) -> [Target.Dependency] {
    products.map { .product(name: $0, package: "authd") }
}

let package = Package(
    name: "Examples",
    dependencies: [
        .package(name: "authd", path: "..", traits: ["Hummingbird"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "EmbedHummingbird",
            dependencies: authd(
                "AuthCore", "AuthCrypto", "AuthHTTP", "AuthService", "AuthStore", "AuthTokens", "HummingbirdAuthd")
                + [.product(name: "Hummingbird", package: "hummingbird")]),
        .executableTarget(
            name: "VerifyOnly",
            dependencies: authd("AuthCore", "AuthTokens") + [.product(name: "Hummingbird", package: "hummingbird")]),
        .testTarget(
            name: "EmbedHummingbirdTests",
            dependencies: authd("AuthCore", "AuthHTTP", "AuthHTTPTesting", "AuthService", "AuthTesting")
                + ["EmbedHummingbird"]),
        // The tests of the product HummingbirdAuthd, which is empty without the trait that this package switches on.
        .testTarget(
            name: "HummingbirdAuthdTests",
            dependencies: authd(
                "AuthCore", "AuthHTTP", "AuthHTTPServer", "AuthHTTPTesting", "AuthService", "AuthTesting",
                "HummingbirdAuthd")
                + [
                    .product(name: "Hummingbird", package: "hummingbird"),
                    .product(name: "HTTPTypes", package: "swift-http-types"),
                    .product(name: "Logging", package: "swift-log"),
                ]),
    ],
    swiftLanguageModes: [.v6]
)
