// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPT_SHIM_H
#define AUTHD_CLIBCRYPT_SHIM_H

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

// `struct crypt_data` holds arrays too long to import, so the whole call is made here.

/// Hashes `phrase` by `setting` and writes the NUL-terminated result, shorter than `capacity`, to `out`.
/// Answers 1 for success, -1 where there is no memory and 0 for any other failure. The scratch memory is wiped.
static inline int authd_crypt(const char *phrase, const char *setting, char *out, size_t capacity) {
    struct crypt_data *scratch = (struct crypt_data *)calloc(1, sizeof(struct crypt_data));
    if (scratch == NULL) return -1;
    const char *hash = crypt_rn(phrase, setting, scratch, (int)sizeof(struct crypt_data));
    int hashed = hash != NULL && strlen(hash) < capacity;
    if (hashed) memcpy(out, hash, strlen(hash) + 1);
    explicit_bzero(scratch, sizeof(struct crypt_data));
    free(scratch);
    return hashed;
}

#endif
