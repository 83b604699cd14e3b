// Counts this process's allocations: the functions here stand in front of glibc's own.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdint.h>

/// Allocations (malloc, calloc, realloc, aligned ones) since the process began, on all threads.
uint64_t allocation_count(void);

/// Bytes that are allocated and not freed, of all threads.
uint64_t allocated_bytes(void);

#endif
