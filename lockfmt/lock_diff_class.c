#include "lockfmt/lock_diff_file.h"
#include "lockfmt/lock_diff_internal.h"
#include "pep/version.h"

bool pl_diff_is_torch(struct pl_str name)
{
    static const char *const names[] = {
        "torch",       "torchaudio", "torchcodec",     "torchtext",
        "torchvision", "triton",     "pytorch-triton", "torchtriton",
    };
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (pl_str_is(name, names[i]))
            return true;
    return pl_str_starts(name, "nvidia-") || pl_str_starts(name, "cuda-") ||
           pl_str_starts(name, "pytorch-triton-");
}

/* ---- kind ---- */

static bool parse_both(struct pl_arena *arena,
                       const struct pl_diff_change *change,
                       struct pl_version *from, struct pl_version *to)
{
    return pl_version_parse_view(arena, change->from, from, NULL) &&
           pl_version_parse_view(arena, change->to, to, NULL);
}

static int compare_versions(struct pl_arena *arena,
                            const struct pl_diff_change *change)
{
    struct pl_version from, to;
    if (pl_str_eq(change->from, change->to) ||
        !parse_both(arena, change, &from, &to))
        return 0;
    return pl_version_cmp(&from, &to);
}

static enum pl_diff_kind kind_by_code(struct pl_arena *arena,
                                      const struct pl_diff_change *change)
{
    switch (pl_diff_code_of(arena, change)) {
    case PL_DIFF_SAME_CODE:
        break;
    case PL_DIFF_SAME_MOVED:
        return PL_DIFF_RELOCATED;
    case PL_DIFF_OTHER_CODE:
        return PL_DIFF_REBUILT;
    }
    return PL_DIFF_CHANGED;
}

static enum pl_diff_kind kind_of(struct pl_arena *arena,
                                 const struct pl_diff_change *change)
{
    enum pl_diff_where before = change->before.where;
    enum pl_diff_where after = change->after.where;
    if (before == PL_DIFF_NOWHERE && after == PL_DIFF_IN_LOCK)
        return PL_DIFF_ADDED;
    if (before == PL_DIFF_IN_LOCK && after == PL_DIFF_NOWHERE)
        return PL_DIFF_REMOVED;
    if (before == PL_DIFF_NOWHERE || after == PL_DIFF_NOWHERE)
        return PL_DIFF_CHANGED;
    int order = compare_versions(arena, change);
    if (order)
        return order < 0 ? PL_DIFF_UPGRADED : PL_DIFF_DOWNGRADED;
    if (before != after)
        return after == PL_DIFF_IN_LOCK ? PL_DIFF_INSTALLED : PL_DIFF_KEPT;
    if (before == PL_DIFF_IN_TEMPLATE)
        return PL_DIFF_CHANGED;
    return kind_by_code(arena, change);
}

/* ---- group ---- */

static uint64_t segment(const struct pl_version *v, uint32_t i)
{
    return i < v->release_count ? v->release[i] : 0;
}

static enum pl_diff_group level_of(struct pl_arena *arena,
                                   const struct pl_diff_change *change)
{
    struct pl_version from, to;
    if (!parse_both(arena, change, &from, &to))
        return PL_DIFF_OTHER;
    if (from.epoch != to.epoch || segment(&from, 0) != segment(&to, 0))
        return PL_DIFF_MAJOR;
    return segment(&from, 1) != segment(&to, 1) ? PL_DIFF_MINOR : PL_DIFF_PATCH;
}

static bool other_replacement(const struct pl_diff_change *change)
{
    const struct pl_lock_replaced *a = change->before.replaced;
    const struct pl_lock_replaced *b = change->after.replaced;
    if (!a || !b)
        return a || b;
    return !pl_str_eq(a->from, b->from) || !pl_str_eq(a->to, b->to);
}

/* Is it of another version, place or code, or is it for other machines? */
static bool matters(const struct pl_diff_change *change)
{
    if (change->kind != PL_DIFF_CHANGED || change->file_count)
        return true;
    for (size_t i = 0; i < change->value_count; i++) {
        enum pl_diff_field field = change->values[i].field;
        if (field == PL_DIFF_MARKER || field == PL_DIFF_INDEX ||
            field == PL_DIFF_VERSION || field == PL_DIFF_TEMPLATE ||
            field == PL_DIFF_PYTHON || field == PL_DIFF_CUDA)
            return true;
    }
    return !pl_str_eq(change->from, change->to);
}

static enum pl_diff_group group_by_kind(struct pl_arena *arena,
                                        const struct pl_diff_change *change)
{
    switch (change->kind) {
    case PL_DIFF_UPGRADED:
    case PL_DIFF_DOWNGRADED:
        return level_of(arena, change);
    case PL_DIFF_ADDED:
    case PL_DIFF_INSTALLED:
        return PL_DIFF_NEW;
    case PL_DIFF_REMOVED:
    case PL_DIFF_KEPT:
        return PL_DIFF_GONE;
    case PL_DIFF_REBUILT:
    case PL_DIFF_RELOCATED:
        return PL_DIFF_FILES;
    case PL_DIFF_CHANGED:
        break;
    }
    return PL_DIFF_OTHER;
}

static enum pl_diff_group group_of(struct pl_arena *arena,
                                   const struct pl_diff_change *change)
{
    enum pl_diff_group group = group_by_kind(arena, change);
    bool torch = change->subject == PL_DIFF_OF_IMAGE ||
                 (change->subject == PL_DIFF_OF_PACKAGE &&
                  pl_diff_is_torch(change->name));
    if (torch && matters(change))
        return PL_DIFF_TORCH;
    if (group == PL_DIFF_FILES)
        return group;
    if (other_replacement(change))
        return PL_DIFF_REPLACED;
    return change->rule_count && change->kind != PL_DIFF_CHANGED ? PL_DIFF_ABI
                                                                 : group;
}

static bool is_quiet(const struct pl_diff_change *change)
{
    if (change->kind != PL_DIFF_CHANGED || !change->value_count ||
        change->file_count ||
        !change->before.package != !change->after.package ||
        !change->before.provided != !change->after.provided ||
        other_replacement(change))
        return false;
    for (size_t i = 0; i < change->value_count; i++)
        if (change->values[i].field != PL_DIFF_VIA &&
            change->values[i].field != PL_DIFF_PROVIDED_VIA &&
            change->values[i].field != PL_DIFF_DOWNLOAD)
            return false;
    return true;
}

void pl_diff_classify(struct pl_arena *arena, struct pl_diff_change *change)
{
    change->kind = change->subject == PL_DIFF_OF_PACKAGE
                       ? kind_of(arena, change)
                       : PL_DIFF_CHANGED;
    change->group = group_of(arena, change);
    change->is_quiet = is_quiet(change);
}
