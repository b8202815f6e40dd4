// SPDX-License-Identifier: Apache-2.0

#if Hummingbird
    internal import AuthHTTP

    /// An API that is mounted.
    ///
    /// A class, so that each request's context carries it as one reference.
    final class MountedAPI: Sendable {
        let api: AuthAPI

        init(_ api: AuthAPI) {
            self.api = api
        }
    }
#endif
