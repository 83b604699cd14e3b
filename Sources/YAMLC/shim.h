// libyaml as Swift sees it: Debian's libyaml-dev.
#ifndef YAMLC_SHIM_H
#define YAMLC_SHIM_H

#include <yaml.h>

#endif
