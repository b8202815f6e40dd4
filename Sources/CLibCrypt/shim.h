// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBCRYPT_SHIM_H
#define AUTHD_CLIBCRYPT_SHIM_H

#include <crypt.h>

#endif
