#include "index/backend.h"

void pl_index_init(struct pl_index *index, struct pl_arena *arena,
                   const struct pl_index_ops *ops)
{
    index->ops = ops;
    index->arena = arena;
    index->pages.arena = arena;
    index->metadata.arena = arena;
}

/* ---- wishes ---- */

struct wish {
    unsigned question; /* the last one that had it */
    bool is_answered;
    struct pl_index_event answer;
};

/* The wish when the back end must see it; NULL when it has, once before. */
static struct wish *new_wish(struct pl_index *index, struct pl_map *wishes,
                             struct pl_str *key)
{
    struct wish *wish = pl_map_get(wishes, *key);
    bool is_new = !wish;
    if (is_new) {
        *key = pl_arena_dup(index->arena, *key);
        wish = pl_new(index->arena, struct wish);
        pl_map_put(wishes, *key, wish);
    } else if (wish->question != index->question && wish->is_answered) {
        pl_vec_push(index->arena, &index->known, &wish->answer);
    }
    wish->question = index->question;
    return is_new ? wish : NULL;
}

static struct pl_str address_of(const struct pl_file *const *file)
{
    return (struct pl_str){(const char *)file, sizeof(*file)};
}

void pl_index_want_page(struct pl_index *index, struct pl_str project)
{
    if (new_wish(index, &index->pages, &project))
        index->ops->want_page(index, project);
}

void pl_index_want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct pl_str address = address_of(&file);
    if (new_wish(index, &index->metadata, &address))
        index->ops->want_metadata(index, file);
}

static struct wish *wish_of(const struct pl_index *index,
                            const struct pl_index_event *event)
{
    return event->kind == PL_EVENT_PAGE
               ? pl_map_get(&index->pages, event->project)
               : pl_map_get(&index->metadata, address_of(&event->file));
}

bool pl_index_next(struct pl_index *index, struct pl_index_event *event,
                   bool *any, struct pl_error *err)
{
    if (index->next_known < index->known.len) {
        *event = *index->known.at[index->next_known++];
        *any = true;
        return true;
    }
    for (;;) {
        if (!index->ops->next(index, event, any, err))
            return false;
        if (!*any)
            return true;
        struct wish *wish = wish_of(index, event);
        wish->answer = *event;
        wish->is_answered = true;
        if (wish->question == index->question)
            return true;
    }
}

void pl_index_begin_again(struct pl_index *index)
{
    index->question++;
    index->known.len = 0;
    index->next_known = 0;
}

void pl_index_set_deadline(struct pl_index *index, uint64_t deadline_ns)
{
    index->deadline_ns = deadline_ns;
}

struct pl_index_stats pl_index_stats(const struct pl_index *index)
{
    return index->stats;
}

const struct pl_str *pl_index_warnings(const struct pl_index *index,
                                       size_t *count)
{
    *count = index->warnings.len;
    return index->warnings.at;
}

const struct pl_file_details *
pl_file_details_keep(struct pl_arena *arena,
                     const struct pl_file_details *details)
{
    struct pl_file_details *kept = pl_new(arena, struct pl_file_details);
    *kept = *details;
    return kept;
}

/* Files stand in memory of podlock's own; only their readers see const. */
bool pl_file_complete(const struct pl_file *file, struct pl_error *err)
{
    struct pl_page_source *source = file->page->source;
    return file->details ||
           source->complete(source, (struct pl_file *)file, err);
}

bool pl_page_complete(const struct pl_page *page, struct pl_error *err)
{
    if (page->source)
        page->source->prepare(page->source);
    for (size_t i = 0; i < page->file_count; i++)
        if (!pl_file_complete(&page->files[i], err))
            return false;
    return true;
}

void pl_index_close(struct pl_index *index)
{
    if (index && index->ops->close)
        index->ops->close(index);
}
