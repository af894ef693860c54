#include "lockfmt/lock_diff_values.h"

#include "lockfmt/lock_diff_file.h"

static void add(struct pl_arena *arena, pl_diff_rows *rows,
                struct pl_diff_value value)
{
    pl_vec_push(arena, rows, value);
}

void pl_diff_text(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, struct pl_str from,
                  struct pl_str to)
{
    if (pl_str_eq(from, to))
        return;
    add(arena, rows,
        (struct pl_diff_value){.field = field,
                               .had = from.len,
                               .has = to.len,
                               .from = from,
                               .to = to});
}

static struct pl_str flag(bool set)
{
    return set ? PL_STR("true") : PL_STR("false");
}

void pl_diff_flag(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, bool from, bool to)
{
    pl_diff_text(arena, rows, field, flag(from), flag(to));
}

/* ---- sets ---- */

void pl_diff_set(struct pl_arena *arena, pl_diff_rows *rows,
                 enum pl_diff_field field, const struct pl_str *a,
                 size_t a_count, const struct pl_str *b, size_t b_count)
{
    size_t i = 0, k = 0;
    while (i < a_count || k < b_count) {
        int order = i == a_count   ? 1
                    : k == b_count ? -1
                                   : pl_str_cmp(a[i], b[k]);
        struct pl_diff_value row = {.field = field,
                                    .had = order<0, .has = order> 0};
        if (order < 0)
            row.from = a[i];
        if (order > 0)
            row.to = b[k];
        if (order)
            add(arena, rows, row);
        i += order <= 0;
        k += order >= 0;
    }
}

void pl_diff_keys(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, const struct pl_lock_others *a,
                  const struct pl_lock_others *b)
{
    size_t i = 0, k = 0;
    while (i < a->count || k < b->count) {
        int order = i == a->count   ? 1
                    : k == b->count ? -1
                                    : pl_str_cmp(a->at[i].key, b->at[k].key);
        struct pl_diff_value row = {
            .field = field, .had = order <= 0, .has = order >= 0};
        row.key = row.had ? a->at[i].key : b->at[k].key;
        if (row.had)
            row.from = a->at[i++].value;
        if (row.has)
            row.to = b->at[k++].value;
        if (order || !pl_str_eq(row.from, row.to))
            add(arena, rows, row);
    }
}

/* ---- lists in the user's order ---- */

static bool same_input(const struct pl_lock_input *a,
                       const struct pl_lock_input *b)
{
    return pl_str_eq(a->name, b->name) && pl_str_eq(a->sha256, b->sha256);
}

static void add_item(struct pl_arena *arena, pl_diff_rows *rows,
                     enum pl_diff_field field, const struct pl_lock_input *from,
                     const struct pl_lock_input *to, size_t at)
{
    struct pl_diff_value row = {
        .field = field, .had = from, .has = to, .at = at};
    row.key = from ? from->name : to->name;
    if (from)
        row.from = from->sha256;
    if (to)
        row.to = to->sha256;
    add(arena, rows, row);
}

/* What begins and ends alike stays; between, one is put for another. */
static void compare_items(struct pl_arena *arena, pl_diff_rows *rows,
                          enum pl_diff_field field,
                          const struct pl_lock_input *a, size_t a_count,
                          const struct pl_lock_input *b, size_t b_count)
{
    size_t at = 0;
    while (at < a_count && at < b_count && same_input(&a[at], &b[at]))
        at++;
    while (a_count > at && b_count > at &&
           same_input(&a[a_count - 1], &b[b_count - 1])) {
        a_count--;
        b_count--;
    }
    for (size_t i = at; i < a_count || i < b_count; i++) {
        const struct pl_lock_input *from = i < a_count ? &a[i] : NULL;
        const struct pl_lock_input *to = i < b_count ? &b[i] : NULL;
        size_t place = to ? i : b_count;
        if (from && to && same_input(from, to))
            continue;
        if (from && to && pl_str_eq(from->name, to->name)) {
            add_item(arena, rows, field, from, to, place);
            continue;
        }
        if (from)
            add_item(arena, rows, field, from, NULL, place);
        if (to)
            add_item(arena, rows, field, NULL, to, place);
    }
}

static struct pl_lock_input *as_items(struct pl_arena *arena,
                                      const struct pl_str *texts, size_t count)
{
    struct pl_lock_input *items =
        pl_new_array(arena, struct pl_lock_input, count);
    for (size_t i = 0; i < count; i++)
        items[i].sha256 = texts[i];
    return items;
}

void pl_diff_list(struct pl_arena *arena, pl_diff_rows *rows,
                  enum pl_diff_field field, const struct pl_str *a,
                  size_t a_count, const struct pl_str *b, size_t b_count)
{
    compare_items(arena, rows, field, as_items(arena, a, a_count), a_count,
                  as_items(arena, b, b_count), b_count);
}

void pl_diff_inputs(struct pl_arena *arena, pl_diff_rows *rows,
                    const struct pl_lock *a, const struct pl_lock *b)
{
    compare_items(arena, rows, PL_DIFF_INPUT, a->inputs, a->input_count,
                  b->inputs, b->input_count);
}

/* ---- packages ---- */

static struct pl_str source_name(enum pl_lock_source source)
{
    switch (source) {
    case PL_LOCK_FILES:
        break;
    case PL_LOCK_ARCHIVE:
        return PL_STR("archive");
    case PL_LOCK_VCS:
        return PL_STR("vcs");
    case PL_LOCK_DIRECTORY:
        return PL_STR("directory");
    }
    return PL_STR("files");
}

static struct pl_str editable_of(const struct pl_lock_tree *tree)
{
    return tree->has_editable ? flag(tree->editable) : (struct pl_str){0};
}

static void compare_trees(struct pl_arena *arena, pl_diff_rows *rows,
                          const struct pl_lock_tree *a,
                          const struct pl_lock_tree *b)
{
    pl_diff_text(arena, rows, PL_DIFF_VCS, a->vcs, b->vcs);
    pl_diff_text(arena, rows, PL_DIFF_TREE_URL, a->url, b->url);
    pl_diff_text(arena, rows, PL_DIFF_TREE_PATH, a->path, b->path);
    pl_diff_text(arena, rows, PL_DIFF_REVISION, a->requested_revision,
                 b->requested_revision);
    pl_diff_text(arena, rows, PL_DIFF_COMMIT, a->commit_id, b->commit_id);
    pl_diff_text(arena, rows, PL_DIFF_SUBDIRECTORY, a->subdirectory,
                 b->subdirectory);
    pl_diff_text(arena, rows, PL_DIFF_EDITABLE, editable_of(a), editable_of(b));
    pl_diff_keys(arena, rows, PL_DIFF_TREE_OTHER, &a->others, &b->others);
}

void pl_diff_packages(struct pl_arena *arena, const struct pl_lock_package *a,
                      const struct pl_lock_package *b, pl_diff_rows *rows,
                      struct pl_diff_change *out)
{
    pl_diff_text(arena, rows, PL_DIFF_VERSION, a->version, b->version);
    pl_diff_text(arena, rows, PL_DIFF_MARKER, a->marker, b->marker);
    pl_diff_text(arena, rows, PL_DIFF_REQUIRES_PYTHON, a->requires_python,
                 b->requires_python);
    pl_diff_text(arena, rows, PL_DIFF_INDEX, a->index, b->index);
    pl_diff_set(arena, rows, PL_DIFF_DEPENDENCY, a->dependencies,
                a->dependency_count, b->dependencies, b->dependency_count);
    pl_diff_text(arena, rows, PL_DIFF_DEPENDENCIES_TEXT, a->dependencies_text,
                 b->dependencies_text);
    pl_diff_text(arena, rows, PL_DIFF_IDENTITIES, a->identities_text,
                 b->identities_text);
    pl_diff_set(arena, rows, PL_DIFF_REQUESTED_EXTRA, a->extras, a->extra_count,
                b->extras, b->extra_count);
    pl_diff_text(arena, rows, PL_DIFF_SOURCE, source_name(a->source),
                 source_name(b->source));
    compare_trees(arena, rows, &a->tree, &b->tree);
    pl_diff_set(arena, rows, PL_DIFF_VIA, a->via, a->via_count, b->via,
                b->via_count);
    pl_diff_set(arena, rows, PL_DIFF_RULE, a->rules, a->rule_count, b->rules,
                b->rule_count);
    pl_diff_keys(arena, rows, PL_DIFF_OTHER_KEY, &a->others, &b->others);
    pl_diff_keys(arena, rows, PL_DIFF_TOOL_KEY, &a->tools, &b->tools);
    pl_diff_keys(arena, rows, PL_DIFF_PODLOCK_KEY, &a->podlock_keys,
                 &b->podlock_keys);
    pl_diff_files(arena, a, b, out);
}
