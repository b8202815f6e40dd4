// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// The script of the API guide, in a browser, on a page of another origin of the same site.
@Suite("Script of the API guide", .oneAtATime, .timeLimit(.minutes(10)))
struct GuideScriptTests {
    /// Signs in, and then asks twice at once with a token that the service has refused.
    private static let scenario = """
        const real = window.fetch;
        const asked = [];
        let refusals = 0;
        window.fetch = (url, options) => {
          const path = url.slice(API.length);
          asked.push(path);
          if (path === "/auth/me" && refusals > 0) {
            refusals -= 1;
            return Promise.resolve(new Response(null, { status: 401 }));
          }
          return real(url, options);
        };
        async function run() {
          const seen = [];
          seen.push((await call("/auth/me")).status);
          const person = { username: "grace", password: "a compiler from 1952" };
          seen.push((await call("/auth/login", "POST", { ...person, password: "a guess" })).status);
          seen.push((await call("/auth/login", "POST", person)).status);
          seen.push((await (await call("/auth/me")).json()).username);
          refusals = 2;
          const both = await Promise.all([call("/auth/me"), call("/auth/me")]);
          seen.push(...both.map((answer) => answer.status));
          seen.push((await call("/users/me", "PATCH", { full_name: "Grace Hopper" })).status);
          seen.push((await call("/auth/logout", "POST")).status, (await call("/auth/me")).status);
          seen.push(asked.filter((path) => path === "/auth/refresh").length);
          return seen.join(" ");
        }
        run().then((text) => { document.body.textContent = text; }, (error) => { document.body.textContent = error; });
        """

    @Test("signs in with cookies, refreshes once for several requests, and signs out")
    func cookies() async throws {
        let script = try MarkdownPage(try AuthdBinary.text(of: "docs/api.md")).text("Sign in a browser #3")
        try await Installation.with(.sqlite) { installation in
            let directory = installation.directory
            let server = try ChildProcess(
                ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
                environment: Command.environment, directory: directory.path)
            defer { server.signal(SIGKILL) }
            let started = await server.progress { String(decoding: $0.output, as: UTF8.self).contains("(http") }
            let greeting = String(decoding: started.output, as: UTF8.self)
            let port = try #require(greeting.firstMatch(of: #/ port ([0-9]+) /#), "\(greeting) \(started.errorText)")
                .output.1

            let origin = "http://localhost:\(port)"
            try await installation.serving(["ALLOWED_ORIGINS": origin]) { daemon in
                _ = try await daemon.signUp("grace")
                let text = try script.adapted([("http://localhost:8000", "http://localhost:\(daemon.port)")])
                try directory.write(
                    "<!DOCTYPE html><body>no answer</body><script>\n\(text)\n\(Self.scenario)\n</script>",
                    to: "page.html")

                let page = try await Browser.open("\(origin)/page.html", in: directory)

                // Neither of the first two is signed in; before the sign-in and after the sign-out a refresh fails.
                #expect(page.contains("<body>401 401 200 grace 200 200 200 200 401 3</body>"), "\(page)")
            }
        }
    }
}
