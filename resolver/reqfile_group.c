#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"
#include "pep/name.h"

static bool fail_no_group(struct pl_pyproject *p, struct pl_str name,
                          struct pl_span span, struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span, "%.*s has no dependency group `%.*s`",
                 PL_STR_ARG(p->file->source->name), PL_STR_ARG(name));
    return pl_pynames_hint(&p->groups, err);
}

static bool fail_cycle(struct pl_pyproject *p, size_t first, struct pl_str name,
                       struct pl_span span, struct pl_error *err)
{
    PL_BUF(chain, PL_MAX_MESSAGE_BYTES);
    for (size_t i = first; i < p->groups.stack.len; i++) {
        pl_buf_add_str(&chain, p->groups.stack.at[i]);
        pl_buf_add_cstr(&chain, " includes ");
    }
    pl_buf_add_str(&chain, name);
    pl_error_set(err, PL_ERR_INPUT, span,
                 "dependency groups include one another");
    pl_error_because(err, "%.*s", PL_STR_ARG(pl_buf_view(&chain)));
    return pl_error_hint(err, "remove one of the includes");
}

static bool check_stack(struct pl_pyproject *p, struct pl_str name,
                        struct pl_span span, struct pl_error *err)
{
    for (size_t i = 0; i < p->groups.stack.len; i++)
        if (pl_str_eq(p->groups.stack.at[i], name))
            return fail_cycle(p, i, name, span, err);
    if (p->groups.stack.len < PL_MAX_GROUP_DEPTH)
        return true;
    return pl_error_set(err, PL_ERR_LIMIT, span,
                        "dependency groups nested more than %d deep",
                        PL_MAX_GROUP_DEPTH);
}

static bool add_include(struct pl_pyproject *p,
                        const struct pl_toml_node *table, struct pl_error *err)
{
    struct pl_arena *arena = p->file->in->arena;
    const struct pl_toml_node *node;
    struct pl_str name;
    if (pl_toml_count(table) != 1 ||
        !pl_toml_get(table, "include-group", &node)) {
        pl_error_set(err, PL_ERR_INPUT, pl_toml_span(table),
                     "a table in a dependency group has include-group and "
                     "nothing else");
        return pl_error_hint(err, "write { include-group = \"NAME\" }");
    }
    if (!pl_toml_str(node, &name))
        return pl_error_set(err, PL_ERR_INPUT, pl_toml_span(node),
                            "include-group: expected the name of a group");
    name = pl_name_normalize(arena, pl_arena_dup(arena, name));
    return pl_pyproject_add_group(p, name, pl_toml_span(node), err);
}

static bool add_members(struct pl_pyproject *p,
                        const struct pl_toml_node *group, struct pl_error *err)
{
    if (pl_toml_type(group) != PL_TOML_ARRAY)
        return pl_error_set(err, PL_ERR_INPUT, pl_toml_span(group),
                            "a dependency group: expected array, found %s",
                            pl_toml_type_name(pl_toml_type(group)));
    for (size_t i = 0; i < pl_toml_count(group); i++) {
        const struct pl_toml_node *member = pl_toml_at(group, i);
        bool table = pl_toml_type(member) == PL_TOML_TABLE;
        if (table ? !add_include(p, member, err)
                  : !pl_pyproject_add(p, member, (struct pl_str){0}, err))
            return false;
    }
    return true;
}

bool pl_pyproject_add_group(struct pl_pyproject *p, struct pl_str name,
                            struct pl_span span, struct pl_error *err)
{
    struct pl_pynames *groups = &p->groups;
    const struct pl_toml_node *group;
    if (pl_map_get(&groups->done, name))
        return true;
    if (!check_stack(p, name, span, err) ||
        !pl_pynames_find(groups, "dependency group", name, &group, err))
        return false;
    if (!group)
        return fail_no_group(p, name, span, err);
    pl_vec_push(p->file->in->arena, &groups->stack, name);
    if (!add_members(p, group, err))
        return false;
    groups->stack.len--;
    pl_map_put(&groups->done, name, groups);
    return true;
}
