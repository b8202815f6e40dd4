// SPDX-License-Identifier: Apache-2.0

#include "Yardsticks.h"

#include <openssl/hmac.h>
#include <time.h>

static uint64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t yardstick_now_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }

uint64_t yardstick_processor_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

uint64_t yardstick_hmac_nanoseconds(
    const uint8_t *key, size_t key_length, const uint8_t *message, size_t message_length, size_t rounds) {
    unsigned char code[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    const uint64_t start = yardstick_processor_nanoseconds();
    for (size_t round = 0; round < rounds; ++round) {
        if (!HMAC(EVP_sha256(), key, (int)key_length, message, message_length, code, &length)) return 0;
    }
    return yardstick_processor_nanoseconds() - start;
}
