/*
 * A container in memory. The input is its files: a line that begins with '>'
 * names the next one, "> path -> target" is a link; lines that begin otherwise
 * are its text. Before the first, each line is a variable.
 */
#include "container/scan.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/memory_tree.h"

#define MAX_VARS 20

/* What memory_tree's paths may be: no NUL, nothing above what is made. */
static bool may_add(struct memory_tree *t, struct pl_str path)
{
    if (path.len < 2 || pl_tree_look(&t->tree, path).type != PL_NODE_ABSENT)
        return false;
    for (struct pl_str up = pl_path_dir(path); up.len > 1;
         up = pl_path_dir(up)) {
        struct pl_str target;
        if (pl_tree_look(&t->tree, up).type == PL_NODE_FILE ||
            pl_tree_link(&t->tree, t->arena, up, &target))
            return false;
    }
    return true;
}

static void add(struct memory_tree *t, struct pl_str name, struct pl_str text)
{
    struct pl_str arrow = PL_STR(" -> ");
    size_t end = pl_str_find_str(name, arrow);
    struct pl_str path =
        pl_tree_path(t->arena, PL_STR("/"), pl_str_sub(name, 0, end), NULL);
    if (!may_add(t, path))
        return;
    if (end < name.len)
        memory_link(
            t, path.at,
            pl_arena_dup(t->arena, pl_str_sub(name, end + arrow.len, name.len))
                .at);
    else
        memory_bytes(t, path.at, text);
}

static void fill(struct memory_tree *t, struct pl_str data, const char **vars)
{
    struct pl_str line;
    size_t count = 0;
    while (data.len && !pl_str_starts(data, ">")) {
        (void)pl_str_cut(&data, '\n', &line);
        if (count < MAX_VARS)
            vars[count++] = pl_arena_dup(t->arena, line).at;
    }
    while (pl_str_starts(data, ">")) {
        data = pl_str_sub(data, 1, data.len);
        (void)pl_str_cut(&data, '\n', &line);
        size_t end = pl_str_find_str(data, PL_STR("\n>"));
        add(t, line, pl_str_sub(data, 0, end));
        data = pl_str_sub(data, end + 1, data.len);
    }
}

static bool is_plain(struct pl_str path)
{
    struct pl_str part, rest = pl_str_sub(path, 1, path.len);
    if (!pl_str_starts(path, "/"))
        return false;
    while (path.len > 1 && pl_str_cut(&rest, '/', &part))
        if (!part.len || pl_str_is(part, ".") || pl_str_is(part, ".."))
            return false;
    return true;
}

static void check_python(const struct pl_python *python)
{
    PL_FUZZ_WANT(is_plain(python->prefix));
    PL_FUZZ_WANT(!python->program.len || is_plain(python->program));
    PL_FUZZ_WANT(pl_str_starts(python->version, "3."));
    PL_FUZZ_WANT(python->folder_count > 0 &&
                 python->folder_count <= PL_MAX_SITE_FOLDERS);
    for (size_t i = 0; i < python->folder_count; i++)
        PL_FUZZ_WANT(is_plain(python->folders[i].path));
    for (size_t i = 0; i < python->installed.rows.len; i++)
        PL_FUZZ_WANT(pl_python_has(python, python->installed.rows.at[i].name));
}

static void check(const struct pl_container *c)
{
    const struct pl_python *python = NULL;
    PL_FUZZ_WANT(c->python_count <= PL_MAX_PYTHONS);
    PL_FUZZ_WANT(c->trouble_count <= PL_MAX_TROUBLES);
    PL_FUZZ_WANT(!c->cuda.len == !c->cuda_from.len);
    PL_FUZZ_WANT(!c->is_musl || !c->glibc.len);
    for (size_t i = 0; i < c->python_count; i++)
        check_python(&c->pythons[i]);
    for (size_t i = 0; i < c->constraint_count; i++)
        PL_FUZZ_WANT(pl_name_is_normal(c->constraints[i].name) &&
                     !c->constraints[i].extra_count);
    for (size_t i = 0; i < c->trouble_count; i++)
        PL_FUZZ_WANT(c->troubles[i].message.len);
    if (pl_container_python(c, &python, NULL))
        PL_FUZZ_WANT(python >= c->pythons &&
                     python < c->pythons + c->python_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct memory_tree t;
    struct pl_error err = {.arena = &arena};
    struct pl_container c;
    const char *vars[MAX_VARS + 1] = {NULL};
    struct pl_scan_options options = {.vars = vars};
    memory_tree_init(&t, &arena);
    fill(&t, pl_fuzz_text(data, size), vars);
    bool ok = pl_container_scan(&arena, &t.tree, &options, &c, &err);
    PL_FUZZ_WANT(ok || err.code == PL_ERR_LIMIT);
    if (ok)
        check(&c);
    return 0;
}
