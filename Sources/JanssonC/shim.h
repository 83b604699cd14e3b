// jansson as Swift sees it: Debian's libjansson-dev, and its macros as functions.
#ifndef JANSSONC_SHIM_H
#define JANSSONC_SHIM_H

#include <jansson.h>

#endif
