#include "index/twins.h"

#include "core/vec.h"
#include "index/page.h"

typedef PL_VEC(struct pl_file) file_vec;

static bool has_twin(const struct pl_page *torch, const struct pl_file *file)
{
    if (pl_version_has_local(file->version))
        return false;
    size_t low = 0, high = torch->file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order =
            pl_version_cmp_public(torch->files[middle].version, file->version);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const struct pl_page *pl_page_add_twins(struct pl_arena *arena,
                                        const struct pl_page *torch,
                                        const struct pl_page *pypi)
{
    file_vec files = {0};
    for (size_t i = 0; pypi && i < pypi->file_count; i++)
        if (has_twin(torch, &pypi->files[i]))
            pl_vec_push(arena, &files, pypi->files[i]);
    struct pl_page twins = {.files = files.at, .file_count = files.len};
    const struct pl_page *pages[] = {torch, &twins};
    return pl_page_merge(arena, pages, PL_COUNT(pages));
}
