// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc

/// A library that shows programs another system time, and the true one on every other clock.
struct SystemClockShim {
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <time.h>
        #include <unistd.h>

        int clock_gettime(clockid_t id, struct timespec *time) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(id, time);
            if (result != 0 || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return result;
            char text[32] = {0};
            int file = open(getenv("TEST_CLOCK_FILE"), O_RDONLY | O_CLOEXEC);
            if (file < 0) return result;
            if (read(file, text, sizeof text - 1) > 0) time->tv_sec += atol(text);
            close(file);
            return result;
        }
        """

    private let directory: TemporaryDirectory

    init(in directory: TemporaryDirectory) async throws {
        self.directory = directory
        try directory.write(Self.source, to: "clock.c")
        try directory.write("0", to: "clock.offset")
        let built = try await Command(
            "clang", "-shared", "-fPIC", "-O1", "-o", directory.file("clock.so"), directory.file("clock.c"), "-ldl"
        ).run()
        guard built.succeeded else { throw Failure("the library was not built: \(built)") }
    }

    /// What makes a program use it.
    var environment: [String: String] {
        ["LD_PRELOAD": directory.file("clock.so"), "TEST_CLOCK_FILE": directory.file("clock.offset")]
    }

    /// Sets the system clock so many seconds ahead of the true time.
    func set(ahead seconds: Int) throws {
        // Put in place at once, so that no reader sees an empty file.
        try directory.write("\(seconds)", to: "clock.next")
        guard rename(directory.file("clock.next"), directory.file("clock.offset")) == 0 else {
            throw Failure("the clock was not set: \(errno)")
        }
    }
}
