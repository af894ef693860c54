#include "index/backend.h"

void pl_index_init(struct pl_index *index, struct pl_arena *arena,
                   const struct pl_index_ops *ops)
{
    index->ops = ops;
    index->arena = arena;
    index->pages_wanted.arena = arena;
    index->metadata_wanted.arena = arena;
}

/* True the first time; the key is then a copy that lives as long as it must.
 */
static bool is_new(struct pl_map *wanted, struct pl_str *key)
{
    if (pl_map_get(wanted, *key))
        return false;
    *key = pl_arena_dup(wanted->arena, *key);
    pl_map_put(wanted, *key, wanted);
    return true;
}

void pl_index_want_page(struct pl_index *index, struct pl_str project)
{
    if (is_new(&index->pages_wanted, &project))
        index->ops->want_page(index, project);
}

void pl_index_want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct pl_str address = {(const char *)&file, sizeof(file)};
    if (is_new(&index->metadata_wanted, &address))
        index->ops->want_metadata(index, file);
}

bool pl_index_next(struct pl_index *index, struct pl_index_event *event,
                   bool *any, struct pl_error *err)
{
    return index->ops->next(index, event, any, err);
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

/* Files stand in memory of podlock's own; only their readers see const. */
bool pl_file_complete(const struct pl_file *file, struct pl_error *err)
{
    struct pl_page_source *source = file->page->source;
    return !file->is_brief ||
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
