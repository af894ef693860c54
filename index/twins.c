#include "index/twins.h"

#include "core/vec.h"

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

static int compare_files(const void *a, const void *b)
{
    const struct pl_file *x = a, *y = b;
    int order = pl_version_cmp(x->version, y->version);
    return order ? order : pl_str_cmp(x->name, y->name);
}

const struct pl_page *pl_page_add_twins(struct pl_arena *arena,
                                        const struct pl_page *torch,
                                        const struct pl_page *pypi)
{
    file_vec files = {0};
    for (size_t i = 0; i < torch->file_count; i++)
        pl_vec_push(arena, &files, torch->files[i]);
    for (size_t i = 0; pypi && i < pypi->file_count; i++)
        if (has_twin(torch, &pypi->files[i]))
            pl_vec_push(arena, &files, pypi->files[i]);
    if (files.len == torch->file_count)
        return torch;
    qsort(files.at, files.len, sizeof(files.at[0]), compare_files);
    struct pl_page *both = pl_new(arena, struct pl_page);
    *both = *torch;
    both->files = files.at;
    both->file_count = files.len;
    return both;
}
