/* Compiler attributes under one name each. */
#ifndef PODLOCK_CORE_ATTR_H
#define PODLOCK_CORE_ATTR_H

#define PL_MUST_CHECK __attribute__((warn_unused_result))
#define PL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PL_NORETURN __attribute__((noreturn))
#define PL_MALLOC __attribute__((malloc, returns_nonnull))
/* Runs fn(&variable) when the variable leaves its scope. */
#define PL_CLEANUP(fn) __attribute__((cleanup(fn)))

#define PL_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
