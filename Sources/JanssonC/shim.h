// jansson as Swift sees it: Debian's libjansson-dev, and its macros as functions.
#ifndef JANSSONC_SHIM_H
#define JANSSONC_SHIM_H

#include <jansson.h>

/// The macro `json_typeof`.
static inline json_type janssonc_typeof(const json_t *json) {
  return json_typeof(json);
}

#endif
