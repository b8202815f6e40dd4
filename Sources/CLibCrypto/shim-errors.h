// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPTO_SHIM_ERRORS_H
#define AUTHD_CLIBCRYPTO_SHIM_ERRORS_H

#include <openssl/err.h>

/// Empties this thread's queue of errors. Answers -1 where one of them was for want of memory, and 0 otherwise.
static inline int authd_failure(void) {
    int failure = 0;
    unsigned long code;
    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) failure = -1;
    }
    return failure;
}

#endif
