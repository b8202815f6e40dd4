// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPTO_SHIM_H
#define AUTHD_CLIBCRYPTO_SHIM_H

#include "shim-jose.h"
#include "shim-kdf.h"

#endif
