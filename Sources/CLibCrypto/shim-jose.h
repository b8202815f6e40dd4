// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPTO_SHIM_JOSE_H
#define AUTHD_CLIBCRYPTO_SHIM_JOSE_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stddef.h>
#include <stdint.h>

#include "shim-errors.h"

// A refusal leaves nothing in the thread's error queue: the caller learns "no", never a stale reason.

/// Borrowed bytes; a number among them is unsigned, most significant byte first.
typedef struct authd_octets {
    const uint8_t *bytes;
    size_t length;
} authd_octets;

/// Turns the parts that `builder` holds into a key. Frees the builder; NULL if libcrypto refuses.
static inline EVP_PKEY *authd_key_build(const char *type, int is_private, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1
        || EVP_PKEY_fromdata(context, &key, selection, params) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
        ERR_clear_error();
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

/// libcrypto's names for the numbers `n e d p q dp dq qi` of an RSA key (RFC 7518 §6.3), in that order; NULL beyond.
static inline const char *authd_rsa_number_name(size_t index) {
    static const char *const names[] = {
        OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
        OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

/// Makes an RSA key of its first two numbers, or of all eight, in the order of `authd_rsa_number_name`.
/// NULL if libcrypto refuses. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_rsa_import(const authd_octets *numbers, size_t count) {
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *converted[8] = {NULL};
    EVP_PKEY *key = NULL;
    int complete = builder != NULL && (count == 2 || count == 8);
    for (size_t i = 0; complete && i < count; i++) {
        converted[i] = BN_bin2bn(numbers[i].bytes, (int)numbers[i].length, NULL);
        complete = converted[i] != NULL
            && OSSL_PARAM_BLD_push_BN(builder, authd_rsa_number_name(i), converted[i]) == 1;
    }
    if (complete) {
        key = authd_key_build("RSA", count == 8, builder);
    } else {
        OSSL_PARAM_BLD_free(builder);
        ERR_clear_error();
    }
    for (size_t i = 0; i < 8; i++) BN_clear_free(converted[i]);
    return key;
}

/// Makes a key on the named curve of an encoded point and, unless `scalar` is NULL, the private scalar.
/// NULL if libcrypto refuses, which it does for a point off the curve. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_ec_import(
    const char *group, const uint8_t *point, size_t point_length, const uint8_t *scalar, size_t scalar_length) {
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *number = scalar == NULL ? NULL : BN_bin2bn(scalar, (int)scalar_length, NULL);
    EVP_PKEY *key = NULL;
    if (builder != NULL && (scalar == NULL || number != NULL)
        && OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1
        && OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, point_length) == 1
        && (number == NULL || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1)) {
        key = authd_key_build("EC", scalar != NULL, builder);
    } else {
        OSSL_PARAM_BLD_free(builder);
        ERR_clear_error();
    }
    BN_clear_free(number);
    return key;
}

/// Makes an Ed25519 key of its 32 bytes. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_ed25519_import(int is_private, const uint8_t *bytes, size_t length) {
    EVP_PKEY *key = is_private ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, bytes, length)
                               : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, length);
    if (key == NULL) ERR_clear_error();
    return key;
}

/// Whether the public half is sane (SP 800-56A and B) and, with `has_private`, whether the private half belongs to it.
static inline int authd_key_is_consistent(EVP_PKEY *key, int has_private) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int consistent = context != NULL && EVP_PKEY_public_check(context) == 1
        && (!has_private || EVP_PKEY_pairwise_check(context) == 1);
    EVP_PKEY_CTX_free(context);
    if (!consistent) ERR_clear_error();
    return consistent;
}

/// Generates an RSA key with public exponent 65537. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_rsa_generate(size_t bits) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
    if (key == NULL) ERR_clear_error();
    return key;
}

/// Generates a key on the named curve. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_ec_generate(const char *group) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", group);
    if (key == NULL) ERR_clear_error();
    return key;
}

/// Generates an Ed25519 key. Freed by `EVP_PKEY_free`.
static inline EVP_PKEY *authd_ed25519_generate(void) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (key == NULL) ERR_clear_error();
    return key;
}

/// Writes the named number of a key, most significant byte first and without leading zeros.
/// Answers its length, or 0 if the key has no such number or `capacity` does not hold it.
static inline size_t authd_key_number(const EVP_PKEY *key, const char *name, uint8_t *out, size_t capacity) {
    BIGNUM *number = NULL;
    size_t length = 0;
    if (EVP_PKEY_get_bn_param(key, name, &number) == 1 && (size_t)BN_num_bytes(number) <= capacity) {
        length = (size_t)BN_bn2bin(number, out);
    }
    BN_clear_free(number);
    ERR_clear_error();
    return length;
}

/// Starts a one-shot operation: `digest` is NULL for Ed25519, `is_pss` chooses RSASSA-PSS with MGF1 of the same digest
/// and a salt as long as the digest, no more and no less (RFC 7518 §3.5).
static inline int authd_signature_start(
    EVP_MD_CTX *context, EVP_PKEY *key, const char *digest, int is_pss, int is_signing) {
    EVP_PKEY_CTX *key_context = NULL;
    int started = is_signing ? EVP_DigestSignInit_ex(context, &key_context, digest, NULL, NULL, key, NULL)
                             : EVP_DigestVerifyInit_ex(context, &key_context, digest, NULL, NULL, key, NULL);
    if (started != 1) return 0;
    if (!is_pss) return 1;
    return EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/// 1 if the signature is right, 0 if it is wrong or malformed, -1 if it could not be checked.
static inline int authd_signature_verify(
    EVP_PKEY *key, const char *digest, int is_pss, const uint8_t *signature, size_t signature_length,
    const uint8_t *message, size_t message_length) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int valid = -1;
    ERR_clear_error();
    if (context != NULL && authd_signature_start(context, key, digest, is_pss, 0)) {
        valid = EVP_DigestVerify(context, signature, signature_length, message, message_length) == 1;
        // libcrypto gives the same answer for a malformed signature as for memory that it did not get.
        if (!valid) valid = authd_failure();
    }
    EVP_MD_CTX_free(context);
    if (valid < 0) ERR_clear_error();
    return valid;
}

/// A context that is ready to sign one message; NULL if libcrypto refuses. Freed by `EVP_MD_CTX_free`.
static inline EVP_MD_CTX *authd_signature_new(EVP_PKEY *key, const char *digest, int is_pss) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && authd_signature_start(context, key, digest, is_pss, 1)) return context;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return NULL;
}

/// Signs into `out` with a copy of the context, ECDSA as DER. Answers the length, or 0 if libcrypto refuses.
static inline size_t authd_signature_sign(
    const EVP_MD_CTX *ready, const uint8_t *message, size_t message_length, uint8_t *out, size_t capacity) {
    size_t length = capacity;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int made = context != NULL && EVP_MD_CTX_copy_ex(context, ready) == 1
        && EVP_DigestSign(context, out, &length, message, message_length) == 1;
    EVP_MD_CTX_free(context);
    if (!made) ERR_clear_error();
    return made ? length : 0;
}

/// A MAC context that holds the key schedule of HMAC with the named digest; NULL if libcrypto refuses.
/// Freed by `EVP_MAC_CTX_free`.
static inline EVP_MAC_CTX *authd_hmac_new(const char *digest, const uint8_t *key, size_t key_length) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (context == NULL) return NULL;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_MAC_init(context, key, key_length, params) != 1) {
        EVP_MAC_CTX_free(context);
        ERR_clear_error();
        return NULL;
    }
    return context;
}

/// The MAC of one message under the key that the context holds. Answers its length, or 0 if libcrypto refuses.
static inline size_t authd_hmac_once(
    EVP_MAC_CTX *context, const uint8_t *message, size_t message_length, uint8_t *out, size_t capacity) {
    size_t length = 0;
    int made = EVP_MAC_init(context, NULL, 0, NULL) == 1 && EVP_MAC_update(context, message, message_length) == 1
        && EVP_MAC_final(context, out, &length, capacity) == 1;
    if (!made) ERR_clear_error();
    return made ? length : 0;
}

/// SHA-256 (FIPS 180-4) in one call. `out` holds 32 bytes.
static inline int authd_sha256(const uint8_t *message, size_t length, uint8_t *out) {
    return EVP_Digest(message, length, out, NULL, EVP_sha256(), NULL) == 1;
}

#endif
