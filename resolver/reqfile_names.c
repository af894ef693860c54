#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"
#include "pep/name.h"

void pl_pynames_init(struct pl_pynames *names, struct pl_arena *arena,
                     const struct pl_toml_node *table)
{
    size_t count = table ? pl_toml_count(table) : 0;
    *names = (struct pl_pynames){
        .table = table,
        .members = {.arena = arena},
        .again = {.arena = arena},
        .done = {.arena = arena},
    };
    for (size_t i = 0; i < count; i++) {
        struct pl_str key = pl_toml_key_at(table, i);
        /* A copy: what was asked for outlives the document. */
        key = pl_name_normalize(arena, pl_arena_dup(arena, key));
        bool second = pl_map_get(&names->members, key) != NULL;
        pl_map_put(second ? &names->again : &names->members, key,
                   (void *)pl_toml_at(table, i));
    }
}

bool pl_pynames_find(const struct pl_pynames *names, const char *what,
                     struct pl_str name, const struct pl_toml_node **out,
                     struct pl_error *err)
{
    const struct pl_toml_node *again = pl_map_get(&names->again, name);
    if (again)
        return pl_error_set(err, PL_ERR_INPUT, pl_toml_key_span(again),
                            "a second %s with the normalised name `%.*s`", what,
                            PL_STR_ARG(name));
    *out = pl_map_get(&names->members, name);
    return true;
}

bool pl_pynames_hint(const struct pl_pynames *names, struct pl_error *err)
{
    PL_BUF(list, PL_MAX_MESSAGE_BYTES / 2);
    for (size_t i = 0; i < names->members.len; i++) {
        if (i > 0)
            pl_buf_add_cstr(&list, i + 1 < names->members.len ? ", " : " and ");
        pl_buf_add_str(&list, names->members.entries[i].key);
    }
    struct pl_str text = pl_buf_view(&list);
    if (!text.len)
        return pl_error_hint(err, "it has none at all");
    return pl_error_hint(err, "it has %.*s", PL_STR_ARG(text));
}
