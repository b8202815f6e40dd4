// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPTO_SHIM_JOSE_H
#define AUTHD_CLIBCRYPTO_SHIM_JOSE_H

#include <openssl/evp.h>

#endif
