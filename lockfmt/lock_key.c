#include "lockfmt/lock_key.h"

#include "core/escape.h"

static bool is_bare(struct pl_str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (!pl_is_alnum(key.at[i]) && key.at[i] != '-' && key.at[i] != '_')
            return false;
    return key.len;
}

void pl_lock_add_key(struct pl_str key, struct pl_buf *out)
{
    if (is_bare(key))
        pl_buf_add_str(out, key);
    else
        pl_escape_toml(out, key);
}
