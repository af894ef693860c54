#include "lockfmt/lock.h"

#include "core/buf.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"

/* ---- order ---- */

static int cmp_str(const void *a, const void *b)
{
    return pl_str_cmp(*(const struct pl_str *)a, *(const struct pl_str *)b);
}

static int cmp_package(const void *a, const void *b)
{
    const struct pl_lock_package *x = a, *y = b;
    int order = pl_str_cmp(x->name, y->name);
    if (!order)
        order = pl_str_cmp(x->version, y->version);
    return order ? order : pl_str_cmp(x->file.name, y->file.name);
}

static int cmp_provided(const void *a, const void *b)
{
    const struct pl_lock_provided *x = a, *y = b;
    int order = pl_str_cmp(x->name, y->name);
    return order ? order : pl_str_cmp(x->version, y->version);
}

static int cmp_replaced(const void *a, const void *b)
{
    const struct pl_lock_replaced *x = a, *y = b;
    int order = pl_str_cmp(x->name, y->name);
    return order ? order : pl_str_cmp(x->from, y->from);
}

/* What podlock wrote is in order. */
static void sort(void *at, size_t count, size_t size,
                 int (*cmp)(const void *, const void *))
{
    const char *here = at;
    size_t i = 1;
    while (i < count && cmp(here + (i - 1) * size, here + i * size) <= 0)
        i++;
    if (i < count)
        qsort(at, count, size, cmp);
}

static void sort_strings(struct pl_str *at, size_t *count)
{
    size_t kept = 0;
    sort(at, *count, sizeof(*at), cmp_str);
    for (size_t i = 0; i < *count; i++)
        if (!kept || !pl_str_eq(at[kept - 1], at[i]))
            at[kept++] = at[i];
    *count = kept;
}

void pl_lock_sort(struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++) {
        struct pl_lock_package *package = &lock->packages[i];
        sort_strings(package->dependencies, &package->dependency_count);
        sort_strings(package->extras, &package->extra_count);
        sort_strings(package->via, &package->via_count);
        sort_strings(package->rules, &package->rule_count);
    }
    for (size_t i = 0; i < lock->provided_count; i++)
        sort_strings(lock->provided[i].via, &lock->provided[i].via_count);
    sort_strings(lock->broken, &lock->broken_count);
    sort_strings(lock->ignored_rules, &lock->ignored_rule_count);
    sort(lock->packages, lock->package_count, sizeof(*lock->packages),
         cmp_package);
    sort(lock->provided, lock->provided_count, sizeof(*lock->provided),
         cmp_provided);
    sort(lock->replaced, lock->replaced_count, sizeof(*lock->replaced),
         cmp_replaced);
}

uint64_t pl_lock_bytes(const struct pl_lock *lock, size_t *unknown)
{
    uint64_t bytes = 0;
    *unknown = 0;
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_file *file = &lock->packages[i].file;
        *unknown += !file->has_size;
        if (__builtin_add_overflow(bytes, file->has_size ? file->size : 0,
                                   &bytes))
            bytes = UINT64_MAX;
    }
    return bytes;
}

/* ---- installing ---- */

bool pl_lock_is_text(struct pl_str output_name)
{
    return pl_str_ends(output_name, ".txt");
}

bool pl_lock_shadows_os(const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->replaced_count; i++)
        if (lock->replaced[i].is_os)
            return true;
    return false;
}

struct pl_str pl_lock_install_line(struct pl_arena *arena,
                                   const struct pl_lock *lock,
                                   struct pl_str output_name)
{
    PL_BUF(line, PL_MAX_MESSAGE_BYTES);
    struct pl_str name = pl_path_base(output_name);
    if (!name.len || pl_str_is(name, "-"))
        name = PL_STR("pylock.toml");
    pl_buf_add_cstr(&line, "pip install ");
    if (pl_lock_shadows_os(lock))
        pl_buf_add_cstr(&line, "--ignore-installed ");
    pl_buf_add_cstr(&line, "--no-deps ");
    if (pl_lock_is_text(output_name) && !lock->without_hashes)
        pl_buf_add_cstr(&line, "--require-hashes ");
    pl_buf_add_cstr(&line, "-r ");
    pl_escape_shell(&line, name);
    return pl_arena_dup(arena, pl_buf_view(&line));
}
