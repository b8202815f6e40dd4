// SPDX-License-Identifier: Apache-2.0

/// Where the documentation pages take their scripts and styles from.
public enum DocumentationAssets: Hashable, Sendable {
    /// From jsDelivr, in the very versions below; the browser checks their hashes.
    case contentDeliveryNetwork
    /// From memory, read from a folder when the program starts, for networks without access to the internet.
    case local(swaggerScript: [UInt8], swaggerStyle: [UInt8], redocScript: [UInt8])

    /// A file of a package, as the network serves it.
    struct Remote {
        let url: String
        let integrity: String
    }

    static let swaggerBase = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5.33.1/"
    static let redocBase = "https://cdn.jsdelivr.net/npm/redoc@2.5.4/"

    static let swaggerScript = Remote(
        url: swaggerBase + "swagger-ui-bundle.js",
        integrity: "sha384-ZPehFMQommnnuaZ4rpxgkgTT2DKFVp4hZC/7pLit+9Lek9T1YGSo23eHFbvNkXkw")
    static let swaggerStyle = Remote(
        url: swaggerBase + "swagger-ui.css",
        integrity: "sha384-Ov4/wv3j2bmct8cDc5X4ngJZohVPzEmc6uDPH8WeljUxO5vtoykvMEfbu9Vh6RaW")
    static let redocScript = Remote(
        url: redocBase + "bundles/redoc.standalone.js",
        integrity: "sha384-w447zOpYfw/1Tv/5AK9NfHTlQIqE3RVR6KY62jCyy9zNDgO64cMwGGP1Fj0zJVf5")
}
