// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLIBSODIUM_SHIM_H
#define AUTHD_CLIBSODIUM_SHIM_H

#include <sodium.h>

#endif
