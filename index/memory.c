#include "index/memory.h"

#include "core/vec.h"
#include "index/backend.h"

struct known_page {
    const struct pl_page *page; /* NULL: no index has the project */
};

struct known_metadata {
    const struct pl_metadata *metadata; /* NULL: none, see reason */
    struct pl_str reason;
};

struct wish {
    struct pl_str project;
    const struct pl_file *file; /* NULL: the page */
};

struct memory {
    struct pl_index index;
    bool strict;
    struct pl_map pages;    /* by project */
    struct pl_map metadata; /* by the file's address */
    PL_VEC(struct wish) wishes;
    size_t answered;
};

static struct memory *memory_of(struct pl_index *index)
{
    return (struct memory *)index;
}

/* ---- adding ---- */

static void add_page(struct pl_index *index, struct pl_str project,
                     const struct pl_page *page)
{
    struct memory *m = memory_of(index);
    struct known_page *known = pl_new(index->arena, struct known_page);
    known->page = page;
    pl_map_put(&m->pages, project, known);
}

void pl_memory_add_page(struct pl_index *index, const struct pl_page *page)
{
    add_page(index, page->project, page);
}

void pl_memory_add_absent(struct pl_index *index, struct pl_str project)
{
    add_page(index, project, NULL);
}

static void add_metadata(struct pl_index *index, const struct pl_file *file,
                         struct known_metadata what)
{
    struct memory *m = memory_of(index);
    struct known_metadata *known = pl_new(index->arena, struct known_metadata);
    *known = what;
    struct pl_str address = {(const char *)&file, sizeof(file)};
    pl_map_put(&m->metadata, pl_arena_dup(index->arena, address), known);
}

void pl_memory_add_metadata(struct pl_index *index, const struct pl_file *file,
                            const struct pl_metadata *metadata)
{
    add_metadata(index, file, (struct known_metadata){.metadata = metadata});
}

void pl_memory_add_unusable(struct pl_index *index, const struct pl_file *file,
                            struct pl_str reason)
{
    add_metadata(index, file, (struct known_metadata){.reason = reason});
}

/* ---- answering ---- */

static bool answer_page(struct memory *m, const struct wish *wish,
                        struct pl_index_event *event, struct pl_error *err)
{
    const struct known_page *known = pl_map_get(&m->pages, wish->project);
    if (!known && m->strict)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "the dump does not hold the page of %.*s",
                              PL_STR_ARG(wish->project));
    event->kind = PL_EVENT_PAGE;
    event->page = known ? known->page : NULL;
    m->index.stats.pages++;
    return true;
}

static bool answer_metadata(struct memory *m, const struct wish *wish,
                            struct pl_index_event *event, struct pl_error *err)
{
    const struct pl_file *file = wish->file;
    struct pl_str address = {(const char *)&file, sizeof(file)};
    const struct known_metadata *known = pl_map_get(&m->metadata, address);
    if (!known && m->strict)
        return pl_error_plain(err, PL_ERR_INPUT,
                              "the dump does not hold the metadata of %.*s",
                              PL_STR_ARG(file->details->name));
    event->kind = PL_EVENT_METADATA;
    event->file = file;
    event->metadata = known ? known->metadata : NULL;
    event->reason =
        known ? known->reason : PL_STR("the index does not hold its metadata");
    m->index.stats.metadata++;
    return true;
}

static bool next(struct pl_index *index, struct pl_index_event *event,
                 bool *any, struct pl_error *err)
{
    struct memory *m = memory_of(index);
    if (m->answered == m->wishes.len) {
        *any = false;
        return true;
    }
    const struct wish *wish = &m->wishes.at[m->answered];
    struct pl_index_event answer = {.project = wish->project};
    if (wish->file ? !answer_metadata(m, wish, &answer, err)
                   : !answer_page(m, wish, &answer, err))
        return false;
    m->answered++;
    *event = answer;
    *any = true;
    return true;
}

static void want_page(struct pl_index *index, struct pl_str project)
{
    struct memory *m = memory_of(index);
    pl_vec_push(index->arena, &m->wishes, (struct wish){.project = project});
}

static void want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct memory *m = memory_of(index);
    pl_vec_push(index->arena, &m->wishes,
                (struct wish){file->page->project, file});
}

void pl_memory_set_strict(struct pl_index *index, bool strict)
{
    memory_of(index)->strict = strict;
}

struct pl_index *pl_memory_open(struct pl_arena *arena)
{
    static const struct pl_index_ops ops = {want_page, want_metadata, next,
                                            NULL};
    struct memory *m = pl_new(arena, struct memory);
    pl_index_init(&m->index, arena, &ops);
    m->pages.arena = arena;
    m->metadata.arena = arena;
    return &m->index;
}
