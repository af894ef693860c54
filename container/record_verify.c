#include "container/installed_internal.h"
#include "container/record_file.h"
#include "core/limits.h"

struct verifier {
    struct pl_arena *arena;
    struct pl_tree *tree;
    struct pl_record_report report;
};

const char *pl_record_wrong_name(enum pl_record_wrong wrong)
{
    static const char *const names[PL_RECORD_WRONGS] = {
        [PL_RECORD_MISSING] = "missing",
        [PL_RECORD_OTHER_SIZE] = "other-size",
        [PL_RECORD_OTHER_HASH] = "other-hash",
        [PL_RECORD_UNREADABLE] = "unreadable",
        [PL_RECORD_NO_PLACE] = "no-place",
        [PL_RECORD_BAD_ROW] = "bad-row",
    };
    return names[wrong];
}

size_t pl_record_report_wrong(const struct pl_record_report *report)
{
    size_t count = 0;
    for (size_t i = 0; i < PL_RECORD_WRONGS; i++)
        count += report->counts[i];
    return count;
}

static void tell(struct verifier *v, const struct pl_record_file *file,
                 enum pl_record_wrong wrong, struct pl_str why)
{
    struct pl_record_report *report = &v->report;
    if (report->wrong.len < PL_MAX_RECORD_FINDINGS) {
        struct pl_record_finding finding = {wrong,
                                            pl_arena_dup(v->arena, file->path),
                                            pl_arena_dup(v->arena, why)};
        pl_vec_push(v->arena, &report->wrong, finding);
    }
    report->counts[wrong]++;
}

/* They are made anew when they are needed, and images are rid of them. */
static bool may_be_lost(const struct pl_record_file *file)
{
    return pl_str_ends(file->path, ".pyc");
}

static void compare_content(struct verifier *v, struct pl_arena *scratch,
                            const struct pl_record_file *file)
{
    struct pl_error err = {.arena = scratch};
    struct pl_tree_sum sum;
    if (!pl_tree_sha256(v->tree, scratch, file->place, &sum, &err)) {
        tell(v, file, PL_RECORD_UNREADABLE, err.message);
        return;
    }
    v->report.hashed++;
    v->report.bytes += sum.size;
    if (!pl_str_eq(sum.hex, file->sha256))
        tell(v, file, PL_RECORD_OTHER_HASH, PL_STR(""));
}

static void check_file(struct verifier *v, struct pl_arena *scratch,
                       const struct pl_record_file *file)
{
    struct pl_node node = pl_tree_look(v->tree, file->place);
    if (node.type == PL_NODE_ABSENT && may_be_lost(file))
        return;
    if (node.type != PL_NODE_FILE)
        tell(v, file, PL_RECORD_MISSING,
             node.type == PL_NODE_ABSENT ? PL_STR("") : PL_STR("no file"));
    else if (file->has_size && node.size != file->size)
        tell(v, file, PL_RECORD_OTHER_SIZE,
             pl_arena_printf(scratch, "%llu bytes, not %llu",
                             (unsigned long long)node.size,
                             (unsigned long long)file->size));
    else if (file->sha256.len)
        compare_content(v, scratch, file);
    else
        v->report.unhashed++;
}

static void check_row(struct verifier *v, struct pl_arena *scratch,
                      const struct pl_record_file *file)
{
    v->report.files++;
    if (file->wrong)
        tell(v, file, PL_RECORD_BAD_ROW,
             pl_arena_printf(scratch, "line %u: %s", file->line, file->wrong));
    else if (!file->place.len)
        tell(v, file, PL_RECORD_NO_PLACE, PL_STR(""));
    else
        check_file(v, scratch, file);
}

static bool load_record(struct pl_arena *arena, struct pl_tree *tree,
                        const struct pl_installed *installed,
                        struct pl_str *text, struct pl_error *err)
{
    struct pl_str path = pl_path_join(arena, installed->info, PL_STR("RECORD"));
    if (!pl_tree_read(tree, arena, path, PL_MAX_RECORD_BYTES, text, err))
        return false;
    return text->len < PL_MAX_RECORD_BYTES ||
           pl_error_plain(err, PL_ERR_LIMIT, "%.*s is larger than %u bytes",
                          PL_STR_ARG(path), PL_MAX_RECORD_BYTES);
}

bool pl_record_verify(struct pl_arena *arena, struct pl_tree *tree,
                      const struct pl_installed *installed,
                      struct pl_record_report *report, struct pl_error *err)
{
    PL_ARENA(texts);
    struct verifier v = {.arena = arena, .tree = tree};
    struct pl_str text;
    if (!load_record(&texts, tree, installed, &text, err))
        return false;
    struct pl_record_reader reader = pl_record_open(text, installed->folder);
    for (;;) {
        PL_ARENA(scratch);
        struct pl_record_file file;
        if (!pl_record_next(&reader, &scratch, &file))
            break;
        check_row(&v, &scratch, &file);
        if (v.report.files > PL_MAX_RECORD_ROWS ||
            v.report.bytes > PL_MAX_RECORD_HASHED_BYTES)
            return pl_error_plain(
                err, PL_ERR_LIMIT,
                "the files of %.*s are more than podlock hashes",
                PL_STR_ARG(installed->info));
    }
    *report = v.report;
    return true;
}
