/*
 * A fault put in on purpose: an ABI rule's id is that of the requirement that
 * reads the same ("!b>=2" becomes "b>=2"), so a run that provides the
 * requirement is hit by the rule. Linked with --wrap=pool_strn2id.
 */
#include <solv/pool.h>

Id __real_pool_strn2id(Pool *pool, const char *text, unsigned int len,
                       int create);
Id __wrap_pool_strn2id(Pool *pool, const char *text, unsigned int len,
                       int create);

Id __wrap_pool_strn2id(Pool *pool, const char *text, unsigned int len,
                       int create)
{
    if (len && text[0] == '!')
        return __real_pool_strn2id(pool, text + 1, len - 1, create);
    return __real_pool_strn2id(pool, text, len, create);
}
