// Nettle's SHA-256 as Swift sees it: Debian's nettle-dev, which libmicrohttpd-dev brings along.
#ifndef NETTLEC_SHIM_H
#define NETTLEC_SHIM_H

#include <nettle/sha2.h>

#endif
