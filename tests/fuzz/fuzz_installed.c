/*
 * A package folder in memory. The input is its files: a line that begins with
 * '>' names the next one, below the folder; lines that begin otherwise are its
 * text.
 */
#include "container/installed.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/memory_tree.h"

#define SITE "/lib/site-packages"

/* What memory_tree's paths may be: no NUL, nothing above what is made. */
static bool may_add(struct memory_tree *t, struct pl_str path)
{
    return path.len > 1 &&
           pl_tree_look(&t->tree, path).type == PL_NODE_ABSENT &&
           pl_tree_look(&t->tree, pl_path_dir(path)).type != PL_NODE_FILE;
}

static void fill(struct pl_arena *arena, struct memory_tree *t,
                 struct pl_str data)
{
    struct pl_str name;
    memory_folder(t, SITE);
    while (pl_str_starts(data, ">")) {
        data = pl_str_sub(data, 1, data.len);
        (void)pl_str_cut(&data, '\n', &name);
        size_t end = pl_str_find_str(data, PL_STR("\n>"));
        struct pl_str text = pl_str_sub(data, 0, end);
        data = pl_str_sub(data, end + 1, data.len);
        struct pl_str path = pl_tree_path(arena, PL_STR(SITE), name, NULL);
        if (may_add(t, path))
            memory_bytes(t, path.at, text);
    }
}

static void check_rows(const struct pl_installed_list *list)
{
    for (size_t i = 0; i < list->rows.len; i++) {
        const struct pl_installed *row = &list->rows.at[i];
        PL_FUZZ_WANT(pl_name_valid(row->name) && pl_name_is_normal(row->name));
        PL_FUZZ_WANT(pl_str_starts(row->info, SITE "/"));
        PL_FUZZ_WANT(row->requires_known || !row->require_count ||
                     row->requires);
        PL_FUZZ_WANT(!i ||
                     pl_str_cmp(list->rows.at[i - 1].name, row->name) <= 0);
    }
    for (size_t i = 0; i < list->damage.len; i++)
        PL_FUZZ_WANT(pl_damage_name(list->damage.at[i].kind) &&
                     pl_str_starts(list->damage.at[i].path, "/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct memory_tree t;
    struct pl_error err = {.arena = &arena};
    struct pl_installed_list list = {0}, again = {0};
    memory_tree_init(&t, &arena);
    fill(&arena, &t, pl_fuzz_text(data, size));
    bool ok =
        pl_installed_read(&arena, &t.tree, PL_STR(SITE), true, &list, &err);
    PL_FUZZ_WANT(ok || err.code == PL_ERR_LIMIT);
    if (!ok)
        return 0;
    check_rows(&list);
    PL_FUZZ_WANT(
        pl_installed_read(&arena, &t.tree, PL_STR(SITE), false, &again, NULL));
    PL_FUZZ_WANT(again.rows.len == list.rows.len &&
                 again.damage.len <= list.damage.len);
    return 0;
}
