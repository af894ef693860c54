/*
 * Calls that podlock does not use. Included first by every .c file through
 * the compiler's command line (-include core/banned.h), so that a banned call
 * does not compile. Each has a bounded replacement in core/.
 */
#ifndef PODLOCK_CORE_BANNED_H
#define PODLOCK_CORE_BANNED_H

#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PL_BANNED(what) pl_##what##_is_banned
#undef strcpy
#define strcpy PL_BANNED(strcpy) /* pl_buf_add_str */
#undef strcat
#define strcat PL_BANNED(strcat)
#undef strncpy
#define strncpy PL_BANNED(strncpy)
#undef strncat
#define strncat PL_BANNED(strncat)
#undef sprintf
#define sprintf PL_BANNED(sprintf) /* pl_buf_addf */
#undef vsprintf
#define vsprintf PL_BANNED(vsprintf)
#undef gets
#define gets PL_BANNED(gets)
#undef strtok
#define strtok PL_BANNED(strtok) /* pl_str_cut */
#undef atoi
#define atoi PL_BANNED(atoi) /* pl_str_to_u64 */
#undef atol
#define atol PL_BANNED(atol)
#undef system
#define system PL_BANNED(system)
#undef popen
#define popen PL_BANNED(popen)
#undef setlocale
#define setlocale PL_BANNED(setlocale) /* output is the same everywhere */
#endif

#endif
