// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The `.env` file of an API guide, as it is printed there but for what belongs to its artificial intelligence and its
/// mail, which would leave this machine.
@Suite(".env file of an API guide", .oneAtATime, .timeLimit(.minutes(10)))
struct GuideSettingsTests {
    private static let file = """
        # Application Configuration
        APP_NAME=AIVerse Backend
        APP_VERSION=0.5.0
        DEBUG=True
        ENVIRONMENT=development

        # Server Configuration
        API_V1_PREFIX=/api/v1
        HOST=0.0.0.0
        PORT=8000

        # CORS Configuration
        ALLOWED_ORIGINS=http://localhost:3000,http://localhost:8000

        # Database Configuration
        DATABASE_URL=postgresql+asyncpg://aiverse_user:aiverse_pass@localhost:5432/aiverse_db
        DATABASE_ECHO=False
        DB_POOL_SIZE=5
        DB_MAX_OVERFLOW=10

        # JWT Security Configuration
        # Generate with: openssl rand -hex 32
        SECRET_KEY=09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
        ALGORITHM=HS256
        ACCESS_TOKEN_EXPIRE_MINUTES=30
        REFRESH_TOKEN_EXPIRE_DAYS=7

        # Password Reset
        PASSWORD_RESET_TOKEN_EXPIRE_HOURS=1
        EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS=24
        """

    @Test("its published key and its open host stop the start, both at once")
    func refused() async throws {
        try await Installation.with(.sqlite, ["ENVIRONMENT": "", "PORT": ""]) { installation in
            try installation.directory.write(Self.file, to: ".env")
            let outcome = try await installation.authd()
            #expect(outcome.end == .exited(78), "\(outcome)")
            #expect(outcome.errors.contains("SECRET_KEY is a published example"), "\(outcome)")
            #expect(outcome.errors.contains("HOST lets other machines reach a development daemon"), "\(outcome)")
            #expect(!outcome.errors.contains("aiverse_pass"), "\(outcome)")
        }
    }

    @Test("with another key and host it works, and signs with HS256")
    func works() async throws {
        try await Installation.with(.postgres) { installation in
            let key = try await Command("openssl", "rand", "-hex", "32").succeed()
            let url = try #require(installation.settings["DATABASE_URL"])
            let file = Self.file
                .replacing(/SECRET_KEY=.*/, with: "SECRET_KEY=\(key.dropLast())")
                .replacing(/DATABASE_URL=.*/, with: "DATABASE_URL=\(url)")
                .replacing("0.0.0.0", with: "127.0.0.1").replacing("PORT=8000", with: "PORT=0")
            try installation.directory.write(file, to: ".env")
            try await installation.serving(["ENVIRONMENT": "", "PORT": "", "DATABASE_URL": ""]) { daemon in
                let grace = try await daemon.signUp("grace")
                // {"alg":"HS256"
                #expect(grace.access.hasPrefix("eyJhbGciOiJIUzI1NiI"), "\(grace.access)")
                let keys = try await daemon.send("GET", "/.well-known/jwks.json")
                #expect(try keys.json["keys"] == .array([]), "\(keys)")
                let origin = ["Origin: http://localhost:3000"]
                let me = try await daemon.send("GET", "/api/v1/users/me", token: grace.access, fields: origin)
                me.expect(200)
                #expect(me[field: "access-control-allow-origin"] == "http://localhost:3000", "\(me)")
                let page = try await daemon.send("GET", "/docs")
                #expect(page.body.contains("AIVerse Backend"))
            }
        }
    }
}
