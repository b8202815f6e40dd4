// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

/// Hashes of one password by other people's software.
///
/// Made by Python 3.11 with argon2-cffi 25.1, bcrypt 4.0.1, passlib 1.7.4 and Django 5.2, costs lowered for testing.
/// The salts of Argon2 are the bytes from 1 up.
enum ForeignHashes {
    static let password = "correct horse battery staple"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let cost: PasswordHashCost
        var testDescription: String { name }
    }

    static let all = [
        Case(
            name: "argon2-cffi, Argon2id",
            text: "$argon2id$v=19$m=1024,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$"
                + "OWWgavyRzrXHM22D6xVX6SQIOc1UIxuMBEhhVnU1XCM",
            cost: .argon2(.argon2id, memoryKiB: 1024, iterations: 2, parallelism: 1)),
        Case(
            name: "argon2-cffi, Argon2id with four lanes",
            text: "$argon2id$v=19$m=1024,t=3,p=4$AQIDBAUGBwgJCgsMDQ4PEA$"
                + "asqwiELcH41RozbcYRwOCRD8C0pEiAvo7TMj3KMAjxM",
            cost: .argon2(.argon2id, memoryKiB: 1024, iterations: 3, parallelism: 4)),
        Case(
            name: "argon2-cffi, Argon2id with a short salt and hash",
            text: "$argon2id$v=19$m=64,t=1,p=1$AQIDBAUGBwg$OKxd/om3YiDgSB+M/CqrUw",
            cost: .argon2(.argon2id, memoryKiB: 64, iterations: 1, parallelism: 1)),
        Case(
            name: "argon2-cffi, Argon2id with a long salt and hash",
            text: "$argon2id$v=19$m=256,t=3,p=1$AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY$"
                + "wYWjBBoj8O9fWDiOjuU8KDd+6EiYLUA+fjYpfbt5jDYNEnV/AjIykoDgAjxqAOqq7UR98SgAhk4uem9I5U3YVg",
            cost: .argon2(.argon2id, memoryKiB: 256, iterations: 3, parallelism: 1)),
        Case(
            name: "argon2-cffi, Argon2i",
            text: "$argon2i$v=19$m=1024,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$"
                + "k/tb3EXkVZdwJCMYLzlvWxu5eVUy97kcWMbTuLUWnGI",
            cost: .argon2(.argon2i, memoryKiB: 1024, iterations: 2, parallelism: 1)),
        Case(
            name: "argon2-cffi, Argon2i with four lanes",
            text: "$argon2i$v=19$m=1024,t=3,p=4$AQIDBAUGBwgJCgsMDQ4PEA$"
                + "QdAKUx4cMnC08Lk39rFXAh0JVEt/fBa+YAka3LbKJLM",
            cost: .argon2(.argon2i, memoryKiB: 1024, iterations: 3, parallelism: 4)),
        Case(
            name: "argon2-cffi, Argon2i with one iteration",
            text: "$argon2i$v=19$m=64,t=1,p=1$AQIDBAUGBwg$JjFtGmhyz1G+O6s3PmhCuw",
            cost: .argon2(.argon2i, memoryKiB: 64, iterations: 1, parallelism: 1)),
        Case(
            name: "bcrypt, $2a$",
            text: "$2a$04$dF0zTGPMi19pOilZB.fuPeU50VKiXTd6qF2Psd0gmOpMlM.ikCysa",
            cost: .bcrypt(.password, cost: 4)),
        Case(
            name: "bcrypt, $2b$",
            text: "$2b$04$srHV21QfJjStYBCeNkn02.TrZWqKJcCzq5j7wCA6yM9/zRH8mwcd.",
            cost: .bcrypt(.password, cost: 4)),
        Case(
            name: "bcrypt, $2y$",
            text: "$2y$04$xggfF2epabiRzxgJysqAme7CmPDN59U55971ETmQG4k0yDfJ85oU.",
            cost: .bcrypt(.password, cost: 4)),
        Case(
            name: "passlib, bcrypt-sha256 version 2",
            text: "$bcrypt-sha256$v=2,t=2b,r=4$x9wjr9cPZcZt8fej4soMme$LGwY/sKg2Z8GGRa3JWYZHQQ12oet0n.",
            cost: .bcrypt(.keyedDigest, cost: 4)),
        Case(
            name: "passlib, bcrypt-sha256 version 1",
            text: "$bcrypt-sha256$2b,4$LWewvTDkY2VtnW2X1JAHp.$rKaMf14v0Xob7S3MeHoBaBkVqmv3SHm",
            cost: .bcrypt(.digest, cost: 4)),
        Case(
            name: "passlib, scrypt",
            text: "$scrypt$ln=10,r=8,p=1$xnjPWesdw9h7L+W8N4bwng$mJ34OH38BE2SP+emcAopnjd4IuiTK+uZPJXinbtb5K4",
            cost: .scrypt(logN: 10, blockSize: 8, parallelism: 1)),
        Case(
            name: "passlib, scrypt in two lanes with + and / in the salt",
            text: "$scrypt$ln=8,r=4,p=2$+//+MDEyMzQ1Njc4OQ$blG+q7dAGOgY+g17ghcZeonb4J02VH6ECKNz41saIsk",
            cost: .scrypt(logN: 8, blockSize: 4, parallelism: 2)),
        Case(
            name: "passlib, PBKDF2 with SHA-1",
            text: "$pbkdf2$1000$ac0ZI2QMIWSMUcrZ29vbmw$LTgxL4wdI0mfTwDjsqB4XzHFzsQ",
            cost: .pbkdf2(.sha1, rounds: 1000)),
        Case(
            name: "passlib, PBKDF2 with SHA-256 and . in the salt",
            text: "$pbkdf2-sha256$1000$.//.MDEyMzQ1Njc4OQ$Mb7j2U5V3CQls1QiRzylyUg6HxI.L7Fzym8EGxpjaYI",
            cost: .pbkdf2(.sha256, rounds: 1000)),
        Case(
            name: "passlib, PBKDF2 with SHA-512",
            text: "$pbkdf2-sha512$1000$e29tbY1xrrU2JiQE4FxrbQ$"
                + "cvS8KlfhgpeSnlipdW.rohJXwm/3PwubY3AoB1nl62OJ23/AKulBRnc/TjUTKBVHAjXCL79tKmbMbbzcrilLvg",
            cost: .pbkdf2(.sha512, rounds: 1000)),
        Case(
            name: "Django, scrypt",
            text: "scrypt$1024$seasaltseasalt$8$5$"
                + "uHeA8tgWtRMfh4Xi5aCSQiuFYQmxGKzKjTmLVo152RBgrh5twnqDsNIawv718ZbJWCjdYFP7sYcXbzGjFEJZJw==",
            cost: .scrypt(logN: 10, blockSize: 8, parallelism: 5)),
        Case(
            name: "Django, PBKDF2 with SHA-256",
            text: "pbkdf2_sha256$1000$seasaltseasalt$VNzPFE8wmAfZPF7ZBaPWZTpsgmcRgo3yR/SsvmOqXuY=",
            cost: .pbkdf2(.sha256, rounds: 1000)),
        Case(
            name: "Django, PBKDF2 with SHA-1",
            text: "pbkdf2_sha1$1000$seasaltseasalt$yJq1yzGqByfSyHfT+wmMgVSWqfc=",
            cost: .pbkdf2(.sha1, rounds: 1000)),
        Case(
            name: "Django, Argon2id with eight lanes",
            text: "argon2$argon2id$v=19$m=1024,t=2,p=8$c2Vhc2FsdHNlYXNhbHQ$"
                + "S5QKFaQ90bMSxPpW9AEvBJ+YX07WO3i4BvryvthdGSc",
            cost: .argon2(.argon2id, memoryKiB: 1024, iterations: 2, parallelism: 8)),
        Case(
            name: "Django, bcrypt over SHA-256",
            text: "bcrypt_sha256$$2b$04$bI/QVnGDIG6S9I8HtdOO8Ok8P6hmjxFNFLb7iY0S2jwUutryURV6.",
            cost: .bcrypt(.hexadecimalDigest, cost: 4)),
        Case(
            name: "Django, bcrypt",
            text: "bcrypt$$2b$04$gtR7yCWebzBSPn9ejmA2iOe3hrnOg2LBvY8Eo7C.lcHF246x6SuSm",
            cost: .bcrypt(.password, cost: 4)),
    ]
}
