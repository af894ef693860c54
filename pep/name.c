#include "pep/name.h"

#include "core/limits.h"

static bool is_separator(char c)
{
    return c == '-' || c == '_' || c == '.';
}

bool pl_name_valid(struct pl_str name)
{
    if (name.len == 0 || name.len > PL_MAX_NAME_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!pl_is_alnum(name.at[i]) && !is_separator(name.at[i]))
            return false;
    return pl_is_alnum(name.at[0]) && pl_is_alnum(name.at[name.len - 1]);
}

/* Does the text differ from its normal form at this place? */
static bool is_odd_at(struct pl_str name, size_t i)
{
    char c = name.at[i];
    if (is_separator(c))
        return c != '-' || (i > 0 && name.at[i - 1] == '-');
    return c != pl_lower(c);
}

static bool has_normal_spelling(struct pl_str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (is_odd_at(name, i))
            return false;
    return true;
}

bool pl_name_is_normal(struct pl_str name)
{
    return pl_name_valid(name) && has_normal_spelling(name);
}

struct pl_str pl_name_normalize(struct pl_arena *arena, struct pl_str name)
{
    if (has_normal_spelling(name))
        return name;
    char *normal = pl_arena_alloc(arena, name.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (!is_separator(name.at[i]))
            normal[len++] = pl_lower(name.at[i]);
        else if (i == 0 || !is_separator(name.at[i - 1]))
            normal[len++] = '-';
    }
    return (struct pl_str){normal, len};
}
