/*
 * How long pages and metadata of a recorded index take.
 *
 * usage: index_load ROOT [VARIANT [PROJECT...]]
 *
 * Loads the page of each PROJECT (of every project below ROOT, without any),
 * then the metadata of the first wheel of each version, or of the first source
 * distribution where there is no wheel. Prints counts, bytes, processor time
 * and the arena's size, and each reason for which there is no metadata.
 */
#include <stdio.h>
#include <time.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/vec.h"
#include "index/folder.h"

struct counts {
    size_t files, dropped, none, repaired, sdist;
    size_t requirements;
};

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int fail(struct pl_error *err)
{
    PL_BUF(out, 65536);
    pl_error_print(err, "error", false, &out);
    fwrite(out.data, 1, out.len, stderr);
    return 1;
}

static bool want_all(struct pl_arena *arena, struct pl_index *index,
                     const char *root, struct pl_error *err)
{
    static const char *const below[] = {"pypi/simple", "simple"};
    for (size_t i = 0; i < PL_COUNT(below); i++) {
        struct pl_str path =
            pl_path_join(arena, pl_str_from(root), pl_str_from(below[i]));
        struct pl_str *names;
        size_t count;
        if (!pl_dir_exists(path))
            continue;
        if (!pl_dir_list(arena, path, &names, &count, err))
            return false;
        for (size_t at = 0; at < count; at++)
            pl_index_want_page(index, names[at]);
        return true;
    }
    return true;
}

/* One file of each version: what a resolver reads at most. */
static void want_versions(struct pl_index *index, const struct pl_page *page)
{
    const struct pl_file *wanted = NULL;
    for (size_t i = 0; i < page->file_count; i++) {
        const struct pl_file *file = &page->files[i];
        bool same =
            wanted && pl_version_cmp(wanted->version, file->version) == 0;
        if (wanted && !same)
            pl_index_want_metadata(index, wanted);
        if (!same ||
            (wanted->kind == PL_FILE_SDIST && file->kind == PL_FILE_WHEEL))
            wanted = file;
    }
    if (wanted)
        pl_index_want_metadata(index, wanted);
}

static void show_none(const struct pl_index_event *event)
{
    PL_BUF(out, 65536);
    pl_escape_terminal(&out, event->file->name);
    pl_buf_add_cstr(&out, ": ");
    pl_escape_terminal(&out, event->reason);
    printf("  %.*s\n", PL_STR_ARG(pl_buf_view(&out)));
}

static void count_metadata(const struct pl_index_event *event,
                           struct counts *counts)
{
    if (!event->metadata) {
        counts->none++;
        show_none(event);
        return;
    }
    counts->repaired += event->metadata->repaired;
    counts->sdist += event->metadata->from_sdist;
    counts->requirements += event->metadata->require_count;
}

/* Takes what was wanted; pages are kept for the second half. */
static bool take_all(struct pl_arena *arena, struct pl_index *index,
                     struct counts *counts, struct pl_error *err)
{
    PL_VEC(const struct pl_page *) pages = {0};
    struct pl_index_event event;
    bool any;
    double start = milliseconds();
    while (pl_index_next(index, &event, &any, err) && any) {
        if (event.kind == PL_EVENT_METADATA) {
            count_metadata(&event, counts);
        } else if (event.page) {
            counts->files += event.page->file_count;
            counts->dropped += event.page->dropped;
            pl_vec_push(arena, &pages, event.page);
        }
    }
    printf("%.1f ms\n", milliseconds() - start);
    for (size_t i = 0; i < pages.len; i++)
        want_versions(index, pages.at[i]);
    return !err->code;
}

int main(int argc, char **argv)
{
    PL_ARENA(arena);
    struct pl_error err = {.arena = &arena};
    struct pl_torch_family family;
    struct counts counts = {0};
    struct pl_index *index = NULL;
    if (argc < 2)
        return fprintf(stderr, "usage: index_load ROOT [VARIANT [NAME...]]\n"),
               2;
    struct pl_folder_options opts = {.root = pl_str_from(argv[1]),
                                     .torch_variant =
                                         pl_str_from(argc > 2 ? argv[2] : ""),
                                     .family = &family};
    if (!pl_torch_family_load(&arena, &family, &err) ||
        !pl_index_open_folder(&arena, &opts, &index, &err))
        return fail(&err);
    for (int i = 3; i < argc; i++)
        pl_index_want_page(index, pl_str_from(argv[i]));
    if (argc <= 3 && !want_all(&arena, index, argv[1], &err))
        return fail(&err);
    printf("pages: ");
    if (!take_all(&arena, index, &counts, &err))
        return fail(&err);
    printf("%zu files, %zu dropped, arena %zu KB\nmetadata: ", counts.files,
           counts.dropped, arena.total / 1024);
    if (!take_all(&arena, index, &counts, &err))
        return fail(&err);
    struct pl_index_stats stats = pl_index_stats(index);
    printf("%llu pages, %llu metadata (%zu from sdists, %zu repaired), %zu "
           "without, %zu requirements, %llu KB read, arena %zu KB\n",
           (unsigned long long)stats.pages, (unsigned long long)stats.metadata,
           counts.sdist, counts.repaired, counts.none, counts.requirements,
           (unsigned long long)stats.bytes / 1024, arena.total / 1024);
    pl_index_close(index);
    return 0;
}
