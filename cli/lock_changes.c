#include "cli/lock_changes.h"

#include "core/buf.h"
#include "core/limits.h"
#include "lockfmt/lock_write.h"

struct changes {
    struct pl_buf *out;
    size_t count, max;
    struct pl_span where;
};

static bool same_file(const struct pl_lock_file *a,
                      const struct pl_lock_file *b)
{
    return pl_str_eq(a->name, b->name) && pl_str_eq(a->url, b->url) &&
           pl_str_eq(a->path, b->path) && pl_str_eq(a->sha256, b->sha256);
}

static void tell(struct changes *c, const struct pl_lock_package *package,
                 const char *verb, struct pl_str more)
{
    if (!c->where.source)
        c->where = package->span;
    if (c->count++ < c->max)
        pl_buf_addf(c->out, "%s%.*s %.*s %s%.*s", c->count > 1 ? ", " : "",
                    PL_STR_ARG(package->name), PL_STR_ARG(package->version),
                    verb, PL_STR_ARG(more));
}

static void compare(struct changes *c, const struct pl_lock_package *old,
                    const struct pl_lock_package *new)
{
    struct pl_str none = {0};
    if (!pl_str_eq(old->version, new->version))
        tell(c, old, "becomes ", new->version);
    else if (!same_file(&old->file, &new->file))
        tell(c, old, "has another file", none);
}

/* Both have their packages by name. */
static void compare_all(struct changes *c, const struct pl_lock *old,
                        const struct pl_lock *new)
{
    size_t i = 0, k = 0;
    struct pl_str none = {0};
    while (i < old->package_count || k < new->package_count) {
        const struct pl_lock_package *a = &old->packages[i];
        const struct pl_lock_package *b = &new->packages[k];
        int order = i == old->package_count   ? 1
                    : k == new->package_count ? -1
                                              : pl_str_cmp(a->name, b->name);
        if (order == 0)
            compare(c, a, b);
        else if (order < 0)
            tell(c, a, "goes", none);
        else
            tell(c, b, "is new", none);
        i += order <= 0;
        k += order >= 0;
    }
}

static bool same_inputs(const struct pl_lock *a, const struct pl_lock *b)
{
    if (a->input_count != b->input_count)
        return false;
    for (size_t i = 0; i < a->input_count; i++)
        if (!pl_str_eq(a->inputs[i].name, b->inputs[i].name) ||
            !pl_str_eq(a->inputs[i].sha256, b->inputs[i].sha256))
            return false;
    return true;
}

static const char *what_else(const struct pl_lock *old,
                             const struct pl_lock *new)
{
    if (!pl_str_eq(old->template_id, new->template_id))
        return "nothing but its template";
    if (!pl_str_eq(old->template_digest, new->template_digest))
        return "nothing but its template's facts";
    if (!same_inputs(old, new))
        return "nothing but the digests of its inputs";
    if (!pl_str_eq(old->rules_edition, new->rules_edition))
        return "nothing but the edition of the rules";
    return pl_lock_same(old, new) ? "nothing but comments and layout"
                                  : "no package, only what is said of them";
}

struct pl_str pl_lock_changes(struct pl_arena *arena, const struct pl_lock *old,
                              const struct pl_lock *new, size_t max,
                              struct pl_span *where)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    struct changes c = {.out = &text, .max = max};
    compare_all(&c, old, new);
    if (c.count > max)
        pl_buf_addf(&text, ", and %zu more", c.count - max);
    if (!c.count)
        pl_buf_addf(&text, "%s", what_else(old, new));
    *where = c.where.source ? c.where : old->places.tool;
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static void write_plain(const struct pl_lock *lock, struct pl_str *arguments,
                        size_t count, struct pl_buf *out)
{
    struct pl_lock plain = *lock;
    plain.with_header = plain.with_via = false;
    plain.arguments = arguments;
    plain.argument_count = count;
    pl_lock_write(&plain, PL_STR("pylock.toml"), out);
}

bool pl_lock_same(const struct pl_lock *old, const struct pl_lock *new)
{
    PL_BUF(a, PL_MAX_OUTPUT_BYTES);
    PL_BUF(b, PL_MAX_OUTPUT_BYTES);
    write_plain(old, NULL, 0, &a);
    write_plain(new, NULL, 0, &b);
    return pl_str_eq(pl_buf_view(&a), pl_buf_view(&b));
}
