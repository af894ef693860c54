#include "cli/lock_changes.h"

#include "cli/diff_words.h"
#include "core/buf.h"
#include "core/limits.h"
#include "lockfmt/lock_diff.h"
#include "lockfmt/lock_write.h"

struct changes {
    struct pl_buf *out;
    size_t count, max;
    struct pl_span where;
};

static void tell(struct changes *c, const struct pl_diff_change *change,
                 struct pl_str version, const char *verb, struct pl_str more)
{
    const struct pl_lock_package *before = change->before.package;
    if (!c->where.source && before)
        c->where = before->span;
    if (c->count++ < c->max)
        pl_buf_addf(c->out, "%s%.*s %.*s %s%.*s", c->count > 1 ? ", " : "",
                    PL_STR_ARG(change->name), PL_STR_ARG(version), verb,
                    PL_STR_ARG(more));
}

static void tell_package(struct changes *c, const struct pl_diff_change *change)
{
    const struct pl_str none = {0};
    switch (change->kind) {
    case PL_DIFF_ADDED:
    case PL_DIFF_INSTALLED:
        tell(c, change, change->to, "is new", none);
        return;
    case PL_DIFF_REMOVED:
    case PL_DIFF_KEPT:
        tell(c, change, change->from, "goes", none);
        return;
    case PL_DIFF_UPGRADED:
    case PL_DIFF_DOWNGRADED:
        tell(c, change, change->from, "becomes ", change->to);
        return;
    case PL_DIFF_REBUILT:
        tell(c, change, change->to,
             pl_diff_is_alarm(change) ? "has OTHER CONTENTS"
                                      : "has another file",
             none);
        return;
    case PL_DIFF_RELOCATED:
        tell(c, change, change->to, "comes from another place", none);
        return;
    case PL_DIFF_CHANGED:
        if (change->file_count)
            tell(c, change, change->to, "has another file", none);
        return;
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
    const struct pl_diff_given given = {.old = {.lock = old},
                                        .new = {.lock = new}};
    struct pl_diff diff;
    pl_lock_diff(arena, &given, &diff);
    for (size_t i = 0; i < diff.count; i++)
        if (diff.changes[i].subject == PL_DIFF_OF_PACKAGE)
            tell_package(&c, &diff.changes[i]);
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
