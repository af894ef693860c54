#include "lockfmt/lock_diff_file.h"

#include <stdlib.h>

#include "core/vec.h"
#include "index/url.h"
#include "lockfmt/lock_hash.h"

struct entry {
    const struct pl_lock_file *file;
    size_t at;
};

struct entries {
    struct entry *at;
    size_t count;
};

/* ---- one file ---- */

static struct pl_str host_of(struct pl_str url)
{
    struct pl_str host = {0};
    uint16_t port;
    struct pl_str authority = pl_url_split(url).authority;
    return pl_url_host(authority, &host, &port) ? host : authority;
}

static bool same_others(const struct pl_lock_others *a,
                        const struct pl_lock_others *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!pl_str_eq(a->at[i].key, b->at[i].key) ||
            !pl_str_eq(a->at[i].value, b->at[i].value))
            return false;
    return true;
}

static bool same_hashes(const struct pl_lock_file *a,
                        const struct pl_lock_file *b)
{
    if (!pl_str_eq(a->sha256, b->sha256) || a->hash_count != b->hash_count)
        return false;
    for (size_t i = 0; i < a->hash_count; i++)
        if (!pl_str_eq(a->hashes[i].algorithm, b->hashes[i].algorithm) ||
            !pl_str_eq(a->hashes[i].value, b->hashes[i].value))
            return false;
    return true;
}

/* Both have hashes, and no safe one proves that the bytes are the same. */
static bool is_other_file(const struct pl_lock_file *a,
                          const struct pl_lock_file *b)
{
    bool proved = a->sha256.len && pl_str_eq(a->sha256, b->sha256);
    bool denied = a->sha256.len && b->sha256.len && !proved;
    size_t i = 0, k = 0;
    while (i < a->hash_count && k < b->hash_count) {
        const struct pl_lock_hash *x = &a->hashes[i], *y = &b->hashes[k];
        int order = pl_str_cmp(x->algorithm, y->algorithm);
        bool same = order == 0 && pl_str_eq(x->value, y->value);
        denied |= order == 0 && !same;
        proved |= same && pl_lock_hash_is_safe(x->algorithm);
        i += order <= 0;
        k += order >= 0;
    }
    return denied || (!proved && (a->sha256.len || a->hash_count) &&
                      (b->sha256.len || b->hash_count));
}

static unsigned file_bits(const struct pl_lock_file *a,
                          const struct pl_lock_file *b)
{
    unsigned bits = 0;
    if (a->is_sdist != b->is_sdist)
        bits |= PL_DIFF_FILE_KIND;
    if (!pl_str_eq(a->name, b->name))
        bits |= PL_DIFF_FILE_NAME;
    if (!pl_str_eq(a->url, b->url)) {
        bits |= PL_DIFF_FILE_URL;
        if (!pl_str_eq(host_of(a->url), host_of(b->url)))
            bits |= PL_DIFF_FILE_HOST;
    }
    if (!pl_str_eq(a->path, b->path))
        bits |= PL_DIFF_FILE_PATH;
    if (!same_hashes(a, b))
        bits |= PL_DIFF_FILE_HASHES |
                (is_other_file(a, b) ? PL_DIFF_FILE_HASH : 0u);
    if (a->has_size != b->has_size || (a->has_size && a->size != b->size))
        bits |= PL_DIFF_FILE_SIZE;
    if (!pl_str_eq(a->upload_time, b->upload_time))
        bits |= PL_DIFF_FILE_TIME;
    if (!same_others(&a->others, &b->others))
        bits |= PL_DIFF_FILE_OTHER;
    return bits;
}

/* ---- lists of files ---- */

/* A package of which nothing is known but its version has none. */
static bool is_nothing(const struct pl_lock_file *file)
{
    return !(file->name.len + file->url.len + file->path.len +
             file->sha256.len + file->hash_count + file->upload_time.len +
             file->others.count + file->has_size + file->is_sdist);
}

static struct entries entries_of(struct pl_arena *arena,
                                 const struct pl_lock_package *package)
{
    struct entries list = {0};
    if (!package->more_count && is_nothing(&package->file))
        return list;
    list.at = pl_new_array(arena, struct entry, package->more_count + 1);
    list.count = package->more_count + 1;
    list.at[0].file = &package->file;
    for (size_t i = 1; i < list.count; i++)
        list.at[i] = (struct entry){&package->more[i - 1], i};
    return list;
}

static int cmp_entry(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = pl_str_cmp(x->file->name, y->file->name);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int cmp_row(const void *a, const void *b)
{
    const struct pl_diff_file *x = a, *y = b;
    if (!x->to != !y->to)
        return x->to ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

struct pair {
    struct pl_diff_file row;
    size_t old_at;
};

static void sort(void *at, size_t count, size_t size,
                 int (*cmp)(const void *, const void *))
{
    if (count > 1)
        qsort(at, count, size, cmp);
}

static size_t pair_by_name(struct entries a, struct entries b,
                           struct pair *pairs)
{
    size_t i = 0, k = 0, count = 0;
    bool alone = a.count == 1 && b.count == 1;
    sort(a.at, a.count, sizeof(*a.at), cmp_entry);
    sort(b.at, b.count, sizeof(*b.at), cmp_entry);
    while (i < a.count || k < b.count) {
        struct pair *pair = &pairs[count++];
        int order = i == a.count   ? 1
                    : k == b.count ? -1
                    : alone
                        ? 0
                        : pl_str_cmp(a.at[i].file->name, b.at[k].file->name);
        *pair = (struct pair){0};
        pair->row.at = order < 0 ? a.at[i].at : b.at[k].at;
        if (order <= 0) {
            pair->old_at = a.at[i].at;
            pair->row.from = a.at[i++].file;
        }
        if (order >= 0)
            pair->row.to = b.at[k++].file;
    }
    return count;
}

static int cmp_pair(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return cmp_row(&x->row, &y->row);
}

/* Those that are not told must stand in the old list's order. */
static void find_order(struct pair *pairs, size_t count)
{
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        struct pair *pair = &pairs[i];
        if (!pair->row.from || !pair->row.to)
            continue;
        if (pair->old_at < last)
            pair->row.differs |= PL_DIFF_FILE_ORDER;
        else if (!pair->row.differs)
            last = pair->old_at;
    }
}

void pl_diff_files(struct pl_arena *arena, const struct pl_lock_package *a,
                   const struct pl_lock_package *b, struct pl_diff_change *out)
{
    struct entries old = entries_of(arena, a), new = entries_of(arena, b);
    struct pair *pairs =
        pl_new_array(arena, struct pair, old.count + new.count);
    size_t count = pair_by_name(old, new, pairs);
    for (size_t i = 0; i < count; i++)
        if (pairs[i].row.from && pairs[i].row.to)
            pairs[i].row.differs =
                file_bits(pairs[i].row.from, pairs[i].row.to);
    sort(pairs, count, sizeof(*pairs), cmp_pair);
    find_order(pairs, count);
    out->files = pl_new_array(arena, struct pl_diff_file, count);
    out->file_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!pairs[i].row.from || !pairs[i].row.to || pairs[i].row.differs)
            out->files[out->file_count++] = pairs[i].row;
}

/* ---- is it other code? ---- */

typedef PL_VEC(struct pl_lock_hash) hash_vec;

/* requirements.txt has hashes without file names, and pip freeze has none. */
static bool has_names(const struct pl_lock_package *package)
{
    if (!package->file.name.len)
        return false;
    for (size_t i = 0; i < package->more_count; i++)
        if (!package->more[i].name.len)
            return false;
    return true;
}

static void add_hashes(struct pl_arena *arena, hash_vec *all,
                       const struct pl_lock_file *file)
{
    if (file->sha256.len)
        pl_vec_push(arena, all,
                    (struct pl_lock_hash){PL_STR("sha256"), file->sha256});
    for (size_t i = 0; i < file->hash_count; i++)
        if (pl_lock_hash_is_safe(file->hashes[i].algorithm))
            pl_vec_push(arena, all, file->hashes[i]);
}

static int cmp_hash(const void *a, const void *b)
{
    const struct pl_lock_hash *x = a, *y = b;
    int order = pl_str_cmp(x->algorithm, y->algorithm);
    return order ? order : pl_str_cmp(x->value, y->value);
}

static hash_vec hashes_of(struct pl_arena *arena,
                          const struct pl_lock_package *package)
{
    hash_vec all = {0};
    add_hashes(arena, &all, &package->file);
    for (size_t i = 0; i < package->more_count; i++)
        add_hashes(arena, &all, &package->more[i]);
    sort(all.at, all.len, sizeof(*all.at), cmp_hash);
    return all;
}

/* One file is enough: one list may have more platforms than the other. */
static enum pl_diff_code code_by_hashes(struct pl_arena *arena,
                                        const struct pl_lock_package *a,
                                        const struct pl_lock_package *b)
{
    hash_vec x = hashes_of(arena, a), y = hashes_of(arena, b);
    size_t i = 0, k = 0;
    while (i < x.len && k < y.len) {
        int order = cmp_hash(&x.at[i], &y.at[k]);
        if (!order)
            return PL_DIFF_SAME_CODE;
        i += order < 0;
        k += order > 0;
    }
    return x.len && y.len ? PL_DIFF_OTHER_CODE : PL_DIFF_SAME_CODE;
}

static enum pl_diff_code code_by_files(const struct pl_diff_change *change)
{
    enum pl_diff_code code = PL_DIFF_SAME_CODE;
    for (size_t i = 0; i < change->file_count; i++) {
        const struct pl_diff_file *file = &change->files[i];
        if (!file->from || !file->to ||
            file->differs & (PL_DIFF_FILE_HASH | PL_DIFF_FILE_KIND))
            return PL_DIFF_OTHER_CODE;
        if (file->differs & (PL_DIFF_FILE_HOST | PL_DIFF_FILE_PATH))
            code = PL_DIFF_SAME_MOVED;
    }
    return code;
}

/* A commit is known by its id, wherever it is fetched from. */
static enum pl_diff_code code_by_tree(const struct pl_diff_change *change)
{
    const struct pl_lock_tree *a = &change->before.package->tree;
    const struct pl_lock_tree *b = &change->after.package->tree;
    bool moved = !pl_str_eq(a->url, b->url) || !pl_str_eq(a->path, b->path);
    bool commit = change->after.package->source == PL_LOCK_VCS;
    if (!pl_str_eq(a->commit_id, b->commit_id) || !pl_str_eq(a->vcs, b->vcs) ||
        !pl_str_eq(a->subdirectory, b->subdirectory) || (moved && !commit))
        return PL_DIFF_OTHER_CODE;
    return moved ? PL_DIFF_SAME_MOVED : PL_DIFF_SAME_CODE;
}

enum pl_diff_code pl_diff_code_of(struct pl_arena *arena,
                                  const struct pl_diff_change *change)
{
    const struct pl_lock_package *a = change->before.package;
    const struct pl_lock_package *b = change->after.package;
    enum pl_diff_code tree;
    if (a->source != b->source)
        return PL_DIFF_OTHER_CODE;
    tree = code_by_tree(change);
    if (tree == PL_DIFF_OTHER_CODE || !change->file_count)
        return tree;
    if (!has_names(a) || !has_names(b))
        return code_by_hashes(arena, a, b);
    enum pl_diff_code files = code_by_files(change);
    return files > tree ? files : tree;
}
