// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPTO_SHIM_KDF_H
#define AUTHD_CLIBCRYPTO_SHIM_KDF_H

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stddef.h>
#include <stdint.h>

#include "shim-errors.h"

// Every function answers 1 for success, -1 where there is no memory and 0 for any other failure, and frees what it fetched either way.

/// HKDF (RFC 5869) extract and expand with SHA-256.
static inline int authd_hkdf_sha256(
    const uint8_t *key, size_t key_length, const uint8_t *salt, size_t salt_length,
    const uint8_t *info, size_t info_length, uint8_t *out, size_t out_length) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    EVP_KDF_free(kdf);
    if (context == NULL) return 0;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_length),
        OSSL_PARAM_construct_end(),
    };
    int derived = EVP_KDF_derive(context, out, out_length, params);
    EVP_KDF_CTX_free(context);
    return derived == 1;
}

/// scrypt (RFC 7914). Refuses to allocate more than `memory_limit` bytes.
static inline int authd_scrypt(
    const uint8_t *password, size_t password_length, const uint8_t *salt, size_t salt_length,
    uint64_t n, uint32_t r, uint32_t p, uint64_t memory_limit, uint8_t *out, size_t out_length) {
    ERR_clear_error();
    int derived = EVP_PBE_scrypt(
        (const char *)password, password_length, salt, salt_length, n, r, p, memory_limit, out, out_length);
    return derived == 1 ? 1 : authd_failure();
}

/// PBKDF2 (RFC 8018 §5.2) with the HMAC of the named digest.
static inline int authd_pbkdf2(
    const char *digest_name, const uint8_t *password, int password_length, const uint8_t *salt, int salt_length,
    int iterations, uint8_t *out, int out_length) {
    ERR_clear_error();
    EVP_MD *digest = EVP_MD_fetch(NULL, digest_name, NULL);
    if (digest == NULL) return authd_failure();
    int derived = PKCS5_PBKDF2_HMAC(
        (const char *)password, password_length, salt, salt_length, iterations, digest, out_length, out);
    EVP_MD_free(digest);
    return derived == 1 ? 1 : authd_failure();
}

#endif
