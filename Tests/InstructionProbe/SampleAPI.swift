// SPDX-License-Identifier: Apache-2.0

#if DEBUG
    import AuthCore
    import AuthService
    import AuthSupabase
    import AuthTesting
    import Logging
    import NIOCore
    import NIOEmbedded
    import Synchronization

    @testable import AuthHTTP
    @testable import AuthHTTPServer

    /// The whole interface over a service in memory, and connections to it without sockets.
    struct SampleAPI {
        let api: AuthAPI
        /// The access token of an administrator, whose principal is in memory.
        let token: String
        let router: Router

        /// The call that receives a request on a connection of its own.
        func call(_ request: String) -> () -> Void {
            var configuration = ServerConfiguration()
            configuration.maximumHeadBytes = 256 * 1024
            configuration.maximumBodyBytes = 256 * 1024
            let channel = EmbeddedChannel()
            let set = ConnectionSet(eventLoop: channel.eventLoop)
            let connection = ConnectionHandler(handler: api, configuration: configuration, set: set)
            do {
                try channel.pipeline.syncOperations.addHandlers(
                    RequestDecoding.handler(boundedBy: configuration), connection)
                channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 4711), promise: nil)
            } catch {
                fatalError("there is no connection: \(error)")
            }
            let bytes = ByteBuffer(string: request)
            return {
                _ = try? channel.writeInbound(bytes)
                channel.embeddedEventLoop.run()
            }
        }

        /// A reader of a body in which the text stands.
        func post(
            _ target: String, _ type: String, _ name: String, octets: Int, _ body: @escaping (String) -> String
        ) -> WireReader {
            WireReader(name: name, octets: octets) { text in
                let body = body(text)
                return call(
                    "POST \(target) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
    }

    extension WireReaders {
        static func api() -> SampleAPI {
            let made = Mutex<SampleAPI?>(nil)
            // Nothing of a service in memory waits, so this is done when the call returns.
            Task.immediate {
                do {
                    var settings = AuthSettings(issuer: "https://auth.example.test")
                    settings.supabase = SupabaseSettings(
                        baseURL: "https://auth.example.test/auth/v1",
                        redirects: try RedirectAllowList(
                            site: "https://app.example.test", globs: ["https://*.example.test/a*b*c/**"]))
                    let authority = try await TestAuthority(settings: settings)
                    let tokens = try await authority.signIn(as: "ada", role: .admin)
                    _ = try await authority.service.access.authenticate(tokens.accessToken)
                    var configuration = HTTPConfiguration()
                    configuration.limits.isEnabled = false
                    configuration.allowedOrigins = ["https://app.example.test"]
                    configuration.proxies = ProxyTrust(networks: [IPNetwork("127.0.0.0/8")].compactMap { $0 })
                    let supabase = SupabaseEndpoints(service: authority.service, configuration: configuration)
                    let api = AuthAPI(
                        service: authority.service, beside: [supabase], configuration: configuration,
                        requestIDSeed: 1,
                        logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
                    let table = EndpointTable(
                        service: authority.service, configuration: configuration, assets: .contentDeliveryNetwork,
                        description: SelfDescription(), beside: [supabase])
                    let sample = SampleAPI(
                        api: api, token: tokens.accessToken,
                        router: Router(table.endpoints, prefix: configuration.prefix))
                    made.withLock { $0 = sample }
                } catch {
                    fatalError("there is no service: \(error)")
                }
            }
            guard let sample = made.withLock({ $0 }) else { fatalError("the service is still being made") }
            return sample
        }
    }
#endif
