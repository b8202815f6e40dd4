// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// How many passwords a second libsodium verifies on all threads, with nothing around it: the yardstick of signing in.
// Usage: ArgonLoop THREADS SECONDS MEMORY_KIB ITERATIONS

static const char password[] = "correct horse battery staple";
static char hash[crypto_pwhash_STRBYTES];
static atomic_bool stopped;

static void *verify(void *count) {
    while (!atomic_load_explicit(&stopped, memory_order_relaxed)) {
        if (crypto_pwhash_str_verify(hash, password, strlen(password)) != 0) abort();
        ++*(unsigned long *)count;
    }
    return NULL;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 5 || sodium_init() < 0) return 2;
    const long threads = strtol(arguments[1], NULL, 10);
    const double seconds = strtod(arguments[2], NULL);
    const size_t memory = strtoul(arguments[3], NULL, 10) * 1024;
    const unsigned long long iterations = strtoull(arguments[4], NULL, 10);
    if (threads < 1 || threads > 256) return 2;
    if (crypto_pwhash_str(hash, password, strlen(password), iterations, memory) != 0) return 1;

    pthread_t handles[256];
    // A cache line each, so that counting costs nothing.
    static unsigned long counts[256][16];
    const double start = now();
    for (long i = 0; i < threads; ++i) {
        if (pthread_create(&handles[i], NULL, verify, counts[i]) != 0) return 1;
    }
    const struct timespec pause = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
    atomic_store(&stopped, true);
    unsigned long total = 0;
    for (long i = 0; i < threads; ++i) {
        pthread_join(handles[i], NULL);
        total += counts[i][0];
    }
    printf("%.2f\n", (double)total / (now() - start));
    return 0;
}
